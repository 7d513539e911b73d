import { once } from "node:events";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { refusal } from "../../../support/companion/fake-exchange";
import { Serving } from "../../../support/companion/serving";
import { until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  await serving.start();
});
afterEach(() => serving.close());

const asked = (): number => serving.running.exchange.to("/runs/parts").length;
const delegation = (more = {}) => ({ ...serving.said(), "x-ambit-start": "delegation", ...more });

/** A request whose body the test sends, to an agent that keeps what has come of it, and answers at its end */
async function sending(headers: Readonly<Record<string, string>> = {}) {
  const got = { text: "", broken: false, ended: false, outgoing: undefined as ServerResponse | undefined };
  serving.does = (incoming, outgoing) => {
    got.outgoing = outgoing;
    incoming.on("data", (part: Buffer) => (got.text += part.toString("utf8")));
    incoming.on("end", () => {
      got.ended = true;
      outgoing.end("done");
    });
    incoming.on("close", () => (got.broken = !got.ended));
  };
  const made = serving.open("/chat", { method: "POST", headers: delegation(headers) });
  made.on("error", () => undefined);
  const answered = once(made, "response").then(([response]) => response as IncomingMessage);
  answered.catch(() => undefined);
  return { made, answered, got };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

const codesIn = (text: string) =>
  (JSON.parse(text) as { readonly reasons: readonly { readonly code: string }[] }).reasons.map(({ code }) => code);

const ended = async (made: ClientRequest): Promise<void> =>
  void (await new Promise<void>((resolve) => made.end(resolve)));

describe("of a request that another agent sends", () => {
  test("what comes with the head is asked for by the run that begins, and nothing else is asked", async () => {
    const body = JSON.stringify({ text: "look it up" });
    const headers = delegation({ "content-length": String(body.length) });
    const answer = await serving.ask("/chat", { method: "POST", headers }, body);
    expect([answer.status, asked()]).toEqual([200, 0]);
    expect(serving.running.exchange.to("/runs")).toHaveLength(1);
  });

  test("a request without a body asks nothing either", async () => {
    const answer = await serving.ask("/chat", { headers: delegation() });
    expect([answer.status, asked()]).toEqual([200, 0]);
  });

  test("each further part is asked for before the agent has it, by run and way", async () => {
    const { made, answered, got } = await sending();
    made.write("one ");
    await until(() => got.text === "one ");
    expect(asked()).toBe(0);
    made.write("two ");
    await until(() => got.text === "one two ");
    expect(asked()).toBe(1);
    made.end("three");
    expect(await textOf(await answered)).toBe("done");
    expect(got.text).toBe("one two three");
    expect(serving.running.exchange.to("/runs/parts").map(({ form }) => form)).toEqual([
      { run: "run-1", way: "http" },
      { run: "run-1", way: "http" },
    ]);
  });

  test("one question at a time is asked: what comes meanwhile waits for the next, together", async () => {
    const { made, answered, got } = await sending();
    made.write("one ");
    await until(() => got.text === "one ");
    const waiting: ServerResponse[] = [];
    serving.running.exchange.said.set("/runs/parts", (response) => void waiting.push(response));
    made.write("two ");
    await until(() => waiting.length === 1);
    for (const part of ["three ", "four ", "five"]) made.write(part);
    await ended(made);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([got.text, asked()]).toEqual(["one ", 1]);
    serving.running.exchange.said.delete("/runs/parts");
    waiting[0]?.writeHead(204).end();
    expect(await textOf(await answered)).toBe("done");
    expect([got.text, asked()]).toEqual(["one two three four five", 2]);
  });

  test("what comes byte by byte is asked about a few times, and arrives whole", async () => {
    const { made, answered, got } = await sending();
    made.write("one ");
    await until(() => got.text === "one ");
    const began = performance.now();
    for (let count = 0; count < 200; count += 1) {
      made.write("x");
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended(made);
    expect(await textOf(await answered)).toBe("done");
    expect(got.text).toBe(`one ${"x".repeat(200)}`);
    expect(asked()).toBeLessThanOrEqual((performance.now() - began) / 15 + 2);
  });

  test("a long one arrives whole, and is held back where the agent takes it slowly", async () => {
    const { made, answered, got } = await sending();
    const body = "x".repeat(3_000_000);
    made.end(body);
    expect(await textOf(await answered)).toBe("done");
    expect(got.text).toHaveLength(body.length);
  });

  test("an agent that answers before it has all of it is answered for, and the rest is left", async () => {
    const { made, answered, got } = await sending();
    made.write("one ");
    await until(() => got.outgoing !== undefined);
    got.outgoing?.end("enough");
    expect(await textOf(await answered)).toBe("enough");
    made.end("two");
    expect((await serving.ask()).status).toBe(200);
  });
});

test.each([
  ["mark.credential-below", 403],
  ["delegation.above-sensitivity", 403],
] as const)("fails with %s, where a part may not reach the agent: none of it does", async (code, status) => {
  const { made, answered, got } = await sending();
  made.write("one ");
  await until(() => got.text === "one ");
  serving.running.exchange.said.set("/runs/parts", refusal("access_denied", code, status));
  made.write("two ");
  await until(() => got.broken);
  const response = await answered;
  expect([response.statusCode, codesIn(await textOf(response))]).toEqual([status, [code]]);
  expect(got.text).toBe("one ");
});

test("fails when the answer has begun, which is broken off", async () => {
  const { made, answered, got } = await sending();
  made.write("one ");
  await until(() => got.text === "one ");
  got.outgoing?.write("so far");
  const response = await answered;
  let broken = false;
  response.on("error", () => (broken = true));
  response.resume();
  serving.running.exchange.said.set("/runs/parts", refusal("access_denied", "mark.credential-below", 403));
  made.write("two ");
  await until(() => broken);
  expect(got.text).toBe("one ");
});

test.each(["user", "schedule", "event"] as const)(
  "what a %s sends is of what was known from the first byte on: nothing is asked",
  async (start) => {
    const { made, answered, got } = await sending({ "x-ambit-start": start });
    made.write("one ");
    await until(() => got.text === "one ");
    made.end("two");
    expect(await textOf(await answered)).toBe("done");
    expect([got.text, asked()]).toEqual(["one two", 0]);
  },
);

test("without an answer of the exchange, nothing more arrives", async () => {
  const { made, answered, got } = await sending();
  made.write("one ");
  await until(() => got.text === "one ");
  serving.running.exchange.said.set("/runs/parts", { status: 500, body: undefined });
  made.write("two ");
  const response = await answered;
  expect(codesIn(await textOf(response))).toEqual(["companion.no-exchange"]);
  expect(got.text).toBe("one ");
});
