import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent } from "node:https";
import { refusal } from "../../../support/companion/fake-exchange";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { bytesOf, until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(() => {
  serving = new Serving();
});
afterEach(() => serving.close());

const asked = (): number => serving.running.exchange.to("/runs/answers").length;
const refuseAnswers = (code = "answer.above-clearance"): void =>
  void serving.running.exchange.said.set("/runs/answers", refusal("access_denied", code));

/** An answer whose parts the test sends, with what has come of it */
async function streaming() {
  const agent: { outgoing?: ServerResponse } = {};
  serving.does = (_, outgoing) => {
    agent.outgoing = outgoing;
    outgoing.write("one ");
  };
  const made = serving.open();
  made.on("error", () => undefined);
  made.end();
  const [response] = (await once(made, "response")) as [IncomingMessage];
  let text = "";
  let broken = false;
  response.on("data", (part: Buffer) => (text += part.toString("utf8")));
  response.on("error", () => (broken = true));
  await until(() => text === "one ");
  return {
    made,
    outgoing: agent.outgoing as ServerResponse,
    text: () => text,
    broken: () => broken,
    ended: () => response.complete,
  };
}

describe("the exchange is asked", () => {
  test("once for an answer that comes at once, by run and way", async () => {
    await serving.start();
    expect((await serving.ask()).text).toBe("done");
    expect(serving.running.exchange.to("/runs/answers").map(({ form }) => form)).toEqual([
      { run: "run-1", way: "http" },
    ]);
  });

  test("before the head goes out, also where nothing follows it", async () => {
    await serving.start();
    serving.does = (_, outgoing) => outgoing.writeHead(204).end();
    expect((await serving.ask()).status).toBe(204);
    expect(asked()).toBe(1);
  });

  test("before each further part", async () => {
    await serving.start();
    const { outgoing, text } = await streaming();
    expect(asked()).toBe(1);
    outgoing.write("two ");
    await until(() => text() === "one two ");
    expect(asked()).toBe(2);
    outgoing.end("three");
    await until(() => text() === "one two three");
    expect(asked()).toBe(3);
  });

  test("one at a time: what comes meanwhile waits for the next, together", async () => {
    await serving.start();
    const { outgoing, text } = await streaming();
    const waiting: ServerResponse[] = [];
    serving.running.exchange.said.set("/runs/answers", (response) => void waiting.push(response));
    outgoing.write("two ");
    await until(() => waiting.length === 1);
    for (const part of ["three ", "four ", "five "]) outgoing.write(part);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([waiting.length, text()]).toEqual([1, "one "]);
    waiting[0]?.writeHead(204).end();
    await until(() => waiting.length === 2);
    expect(text()).toBe("one two ");
    waiting[1]?.writeHead(204).end();
    await until(() => text() === "one two three four five ");
    expect(asked()).toBe(3);
    serving.running.exchange.said.clear();
    outgoing.end();
  });

  test("again and again while the answer is silent", async () => {
    serving.running.inboundLimits = { silentMilliseconds: 20 };
    await serving.start();
    const { outgoing, ended } = await streaming();
    await until(() => asked() >= 4);
    outgoing.end();
    await until(ended);
  });
});

describe("fails before anything goes out", () => {
  test("with 403 and the reasons, where the session has read too much", async () => {
    await serving.start();
    refuseAnswers();
    serving.does = (_, outgoing) => outgoing.setHeader("x-secret", "the secret").end("the secret");
    const answer = await serving.ask();
    expect([answer.status, codesOf(answer)]).toEqual([403, ["answer.above-clearance"]]);
    expect(answer.text + JSON.stringify(answer.headers)).not.toContain("secret");
  });

  test.each([
    ["stopped", 400, { error: "access_denied", reasons: [{ code: "run.revoked" }] }, 403, "run.revoked"],
    [
      "not to be read",
      503,
      { error: "temporarily_unavailable", reasons: [{ code: "store.unavailable" }] },
      503,
      "store.unavailable",
    ],
    ["answered with 200", 200, {}, 503, "companion.no-exchange"],
    ["answered with 201", 201, {}, 503, "companion.no-exchange"],
    ["answered without a reason", 403, "no", 503, "companion.no-exchange"],
  ])("where the run is %s", async (_, status, body, expected, code) => {
    await serving.start();
    serving.running.exchange.said.set("/runs/answers", { status, body });
    const answer = await serving.ask();
    expect([answer.status, codesOf(answer)]).toEqual([expected, [code]]);
  });

  test("with companion.no-exchange, where the exchange is down", async () => {
    await serving.start();
    serving.does = (_, outgoing) => void serving.running.exchange.stop().then(() => outgoing.end("done"));
    const answer = await serving.ask();
    expect([answer.status, codesOf(answer), answer.headers["retry-after"]]).toEqual([
      503,
      ["companion.no-exchange"],
      "1",
    ]);
  });

  test("with companion.no-run, when the run ends while the exchange is asked", async () => {
    await serving.start();
    const waiting: ServerResponse[] = [];
    serving.running.exchange.said.set("/runs/answers", (response) => void waiting.push(response));
    const { handle, outgoing, answered } = await serving.held();
    outgoing.end("the secret");
    await until(() => waiting.length === 1);
    await serving.running.ask(`/v1/runs/${handle}`, { method: "DELETE" });
    waiting[0]?.writeHead(204).end();
    const response = await answered;
    expect([response.statusCode, (await bytesOf(response)).toString()]).toEqual([
      404,
      expect.stringContaining('"companion.no-run"'),
    ]);
  });

  test("with companion.no-run, when the run ends before", async () => {
    await serving.start();
    const { handle, answered } = await serving.held();
    await serving.running.ask(`/v1/runs/${handle}`, { method: "DELETE" });
    const response = await answered;
    expect([response.statusCode, (await bytesOf(response)).toString()]).toEqual([
      404,
      expect.stringContaining('"companion.no-run"'),
    ]);
    expect(asked()).toBe(0);
  });
});

test("fails with the reasons, of which a client that still sends hears too, on a connection that goes on", async () => {
  await serving.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  refuseAnswers();
  serving.does = (_, outgoing) => outgoing.end("the secret");
  const answer = await serving.ask("/chat", { method: "POST", agent }, Buffer.alloc(20_000_000));
  expect(codesOf(answer)).toEqual(["answer.above-clearance"]);
  serving.running.exchange.said.clear();
  expect((await serving.ask("/chat", { agent })).status).toBe(200);
  agent.destroy();
});

describe("fails, and the answer is broken off, when", () => {
  test("the next part may not go out", async () => {
    await serving.start();
    const { outgoing, text, broken } = await streaming();
    refuseAnswers();
    outgoing.end("the secret");
    await until(broken);
    expect(text()).toBe("one ");
  });

  test("no answer says that the next part may go out", async () => {
    await serving.start();
    const { outgoing, text, broken } = await streaming();
    await serving.running.exchange.stop();
    outgoing.write("two ");
    await until(broken);
    expect(text()).toBe("one ");
  });

  test("it is revoked while it is silent, and the agent's side ends too", async () => {
    serving.running.inboundLimits = { silentMilliseconds: 20 };
    await serving.start();
    const { outgoing, broken } = await streaming();
    refuseAnswers("session.revoked");
    await until(() => broken() && outgoing.destroyed);
    expect(serving.running.logged.join()).toContain("session.revoked");
  });

  test("it is revoked while it has no reader", async () => {
    serving.running.inboundLimits = { silentMilliseconds: 20 };
    await serving.start();
    serving.does = (_, outgoing) => void outgoing.write(Buffer.alloc(20_000_000));
    const made = serving.open();
    made.on("error", () => undefined);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    response.on("error", () => undefined);
    const before = asked();
    await until(() => asked() > before + 3);
    refuseAnswers("run.revoked");
    await until(() => serving.running.logged.join().includes("run.revoked"));
    response.resume();
    await until(() => response.destroyed);
    expect(response.complete).toBe(false);
  });

  test("its run ends", async () => {
    await serving.start();
    const { outgoing, broken } = await streaming();
    const [, handle] = /"?ambit-run"?,([^,]+)/.exec(String(serving.got[0]?.raw)) as RegExpExecArray;
    await serving.running.ask(`/v1/runs/${handle}`, { method: "DELETE" });
    await until(() => broken() && outgoing.destroyed);
  });

  test("it never ends: its time is over", async () => {
    serving.running.inboundLimits = { streamMilliseconds: 500 };
    await serving.start();
    let isOver = false;
    serving.does = (_, outgoing) => {
      const timer = setInterval(() => outgoing.write("more "), 5);
      outgoing.on("close", () => {
        clearInterval(timer);
        isOver = true;
      });
    };
    const made = serving.open();
    made.on("error", () => undefined);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    await expect(bytesOf(response)).rejects.toThrow(/aborted/);
    await until(() => isOver);
  });

  test("the agent breaks it off", async () => {
    await serving.start();
    const { outgoing, broken } = await streaming();
    outgoing.destroy();
    await until(broken);
  });
});

test("an answer without a reader is held back at the agent, and uses no memory here", async () => {
  await serving.start();
  let sent = 0;
  serving.does = (_, outgoing) => {
    const more = (): void => {
      for (let room = true; room && sent < 200_000_000 && !outgoing.destroyed;) {
        room = outgoing.write(Buffer.alloc(100_000));
        sent += 100_000;
      }
    };
    outgoing.on("drain", more);
    more();
  };
  const made = serving.open();
  made.on("error", () => undefined);
  made.end();
  const [response] = (await once(made, "response")) as [IncomingMessage];
  response.on("error", () => undefined);
  let before = -1;
  await until(() => {
    const still = before === sent;
    before = sent;
    return still;
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(sent).toBeLessThan(50_000_000);
  made.destroy();
});

test("a client that goes away ends what the agent does for it", async () => {
  await serving.start();
  const { made, outgoing } = await streaming();
  made.destroy();
  await until(() => outgoing.destroyed);
  const held = await serving.held();
  held.made.destroy();
  await until(() => held.outgoing.destroyed);
});

describe("when the companion ends", () => {
  test("what is under way is answered, and nothing new is taken", async () => {
    await serving.start();
    const { outgoing, answered } = await serving.held();
    const ended = serving.running.drain();
    await expect(serving.ask()).rejects.toThrow(/ECONNREFUSED/);
    outgoing.end("done");
    const response = await answered;
    expect([(await bytesOf(response)).toString(), response.headers.connection]).toEqual(["done", "close"]);
    await ended;
  });
});
