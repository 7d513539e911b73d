import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { refusal } from "../../../support/companion/fake-exchange";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";

let serving: Serving;
let agent: Server | undefined;
beforeEach(() => {
  serving = new Serving();
});
afterEach(async () => {
  agent?.close();
  agent = undefined;
  await serving.close();
});

/** An agent whose every answer is exactly this */
async function answering(raw: string): Promise<void> {
  agent = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(raw));
  });
  agent.listen(0, "127.0.0.1");
  await once(agent, "listening");
  await serving.start({ ways: new Map([["http", { port: (agent.address() as AddressInfo).port }]]) });
}

test("fails with companion.no-agent when the agent answers with 101 and no upgrade", async () => {
  await answering("HTTP/1.1 101 Switching Protocols\r\n\r\n");
  const answer = await serving.ask("/chat");
  expect([answer.status, codesOf(answer)]).toEqual([502, ["companion.no-agent"]]);
});

describe.each([
  ["a status below 100", "HTTP/1.1 042 x\r\n\r\n"],
  ["101 and no upgrade", "HTTP/1.1 101 x\r\n\r\n"],
  ["what is no HTTP", "GARBAGE\r\n\r\n"],
  ["a length that is no number", "HTTP/1.1 200 OK\r\ncontent-length: z\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n"],
  ["nothing", ""],
])("an agent that answers %s", (_, raw) => {
  test("tells the caller nothing by it", async () => {
    await answering(raw);
    const { status, json } = await serving.ask("/chat");
    const { port } = (agent as Server).address() as AddressInfo;
    const what = `port ${port} of the agent gives no answer, the request may have arrived`;
    expect([status, json.reasons]).toEqual([502, [{ code: "companion.no-agent", what, fix: expect.any(String) }]]);
  });

  test("tells less where an answer may not go out", async () => {
    await answering(raw);
    serving.running.exchange.said.set("/runs/answers", refusal("access_denied", "answer.above-clearance"));
    expect(codesOf(await serving.ask("/chat"))).toEqual(["answer.above-clearance"]);
  });
});

test("a cookie is bound to the agent's own host, even if the agent names a domain", async () => {
  serving.does = (_, outgoing) =>
    void outgoing
      .setHeader("set-cookie", [
        "a=1; Domain=agents.acme.example; Path=/",
        "b=2;domain = .acme.example",
        "c=domain=x; Secure",
      ])
      .end();
  await serving.start();
  const answer = await serving.ask("/chat");
  expect(answer.headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2", "c=domain=x; Secure"]);
});

test.each(["alt-svc", "clear-site-data", "x-envoy-upstream-service-time", "x-ambit-run"])(
  "a header that is about more than the answer, such as %s, does not go out",
  async (name) => {
    serving.does = (_, outgoing) => void outgoing.setHeader(name, "x").end();
    await serving.start();
    expect((await serving.ask("/chat")).headers[name]).toBeUndefined();
  },
);

test("the agent is told of another session by another name, and of no id that the exchange takes", async () => {
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
  await serving.start();
  for (const evidence of ["a.a.a", "a.a.a", "b.b.b"]) await serving.ask("/chat", { headers: serving.said(evidence) });
  const names = serving.got.map(({ raw }) => raw[raw.indexOf("ambit-session") + 1]);
  expect(names[0]).toMatch(/^[\w-]{22}$/);
  expect([names[1], new Set(names).size, names.join().includes("session-")]).toEqual([names[0], 2, false]);
});
