import { authenticatedForm } from "../../../../runtime/exchange/http/authenticated-form";
import { BODY_MILLISECONDS } from "../../../../runtime/exchange/http/body";
import { Refusal } from "../../../../runtime/refusal/refusal";
import { refused } from "../../../support/exchange/aws-world";

const CALLER = { spiffeId: "spiffe://prod.acme.example/a", confirmation: undefined, proof: undefined };
const unknown = () => Promise.reject(Refusal.of("client.unauthenticated"));

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A request whose body begins, and never ends */
function slow(headers: Readonly<Record<string, string>>): Request {
  const body = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from("grant_type=")) });
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const init = { method: "POST", body, duplex: "half", headers: { ...type, ...headers } };
  return new Request("https://exchange.example/token", init as RequestInit);
}

describe.each([
  ["in parts", {}],
  ["of a length", { "content-length": "60000" }],
])("a body %s that does not arrive", (_, headers) => {
  test.each([
    ["an unauthenticated client learns nothing else", unknown, "client.unauthenticated"],
    ["an authenticated client learns why", async () => CALLER, "request.malformed"],
  ])("fails when it takes 5 s: %s", async (__, client, code) => {
    const clients = { client, service: () => CALLER.spiffeId };
    const outcome = refused(authenticatedForm(clients, slow(headers), { certificates: [] }));
    await jest.advanceTimersByTimeAsync(BODY_MILLISECONDS);
    expect(await outcome).toEqual([code]);
  });
});
