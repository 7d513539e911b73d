import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { OneUser } from "../../../../runtime/companion/inbound/one-user";
import { codesOf } from "../../../support/companion/running";
import { Serving } from "../../../support/companion/serving";
import { BY_TASK, until } from "../../../support/companion/to-tools";

let serving: Serving;
beforeEach(async () => {
  serving = new Serving();
  serving.running.exchange.sids.set("a.a.a", "session-a").set("b.b.b", "session-b");
  await serving.start({ concurrency: "one-user" });
});
afterEach(() => serving.close());

const BUSY = [503, ["companion.busy"], "1"];
const by = (evidence: string, more = {}) => ({ headers: serving.said(evidence, more) });

async function refusedBecause(evidence: string, more = {}): Promise<unknown> {
  const answer = await serving.ask("/chat", by(evidence, more));
  return [answer.status, codesOf(answer), answer.headers["retry-after"]];
}

test("requests of one session are served at once", async () => {
  const held = await serving.held(serving.said("a.a.a"));
  expect((await serving.ask("/chat", by("a.a.a"))).status).toBe(200);
  held.outgoing.end();
  expect((await held.answered).statusCode).toBe(200);
});

describe("fails with companion.busy", () => {
  test("for another session, until the request is over", async () => {
    const held = await serving.held(serving.said("a.a.a"));
    expect(await refusedBecause("b.b.b")).toEqual(BUSY);
    expect(serving.got).toHaveLength(1);
    held.outgoing.end();
    await held.answered.then((response) => once(response.resume(), "end"));
    await until(() => held.outgoing.closed);
    expect((await serving.ask("/chat", by("b.b.b"))).status).toBe(200);
  });

  test("for another session, until the client went away", async () => {
    const held = await serving.held(serving.said("a.a.a"));
    held.made.destroy();
    await until(() => held.outgoing.destroyed);
    expect((await serving.ask("/chat", by("b.b.b"))).status).toBe(200);
  });

  test("for another session, but not for a client that went away before its run began", async () => {
    let answer: (() => void) | undefined;
    serving.running.exchange.said.set("/runs", (response) => {
      const body = { task: "answer", start: "user", run: "r", txn: "t", sid: "session-a", run_expires_at: 4e9 };
      answer = () => response.writeHead(201).end(JSON.stringify(body));
    });
    const made = serving.open("/chat", by("a.a.a"));
    made.on("error", () => undefined);
    made.end();
    await until(() => answer !== undefined);
    await serving.goAway(made);
    answer?.();
    serving.running.exchange.said.clear();
    await until(() => serving.running.logged.join().includes("run.begun"));
    expect((await serving.ask("/chat", by("b.b.b"))).status).toBe(200);
    expect(serving.got).toHaveLength(1);
  });

  test.each(["schedule", "event", "delegation"])("for start %s, whose evidence is not used up by it", async (start) => {
    await serving.held(serving.said("a.a.a"));
    expect(await refusedBecause("b.b.b", { "x-ambit-start": start })).toEqual(BUSY);
    expect(serving.running.exchange.to("/runs")).toHaveLength(1);
  });

  test("for another session that joins its run, of which the exchange is not asked", async () => {
    serving.running.exchange.sid = "session-a";
    await serving.held(serving.said("a.a.a"));
    serving.running.exchange.beganElsewhere("run-b", { sid: "session-b", start: "delegation" });
    const join = { "x-ambit-start": "delegation", "x-ambit-join": "run-b" };
    expect(await refusedBecause("b.b.b", join)).toEqual(BUSY);
    expect(serving.running.exchange.to("/runs")).toHaveLength(1);
  });

  test("for the second of two sessions that begin at once", async () => {
    serving.running.exchange.delayMs = 30;
    serving.does = (_, outgoing) => void setTimeout(() => outgoing.end("done"), 200);
    const answers = await Promise.all(["a.a.a", "b.b.b"].map((evidence) => serving.ask("/chat", by(evidence))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
    expect(serving.got).toHaveLength(1);
  });
});

describe("when another session is let in, of the one before", () => {
  async function before(): Promise<string> {
    await serving.ask("/chat", by("a.a.a"));
    return String(serving.got[0]?.raw[serving.got[0].raw.indexOf("ambit-run") + 1]);
  }

  test("handles are good no more", async () => {
    const handle = await before();
    expect((await serving.running.ask(`/v1/runs/${handle}`)).status).toBe(200);
    await serving.ask("/chat", by("b.b.b"));
    expect(codesOf(await serving.running.ask(`/v1/runs/${handle}`))).toEqual(["companion.no-run"]);
  });

  test("calls that are under way end", async () => {
    const handle = await before();
    serving.to.gateway.does = (_, outgoing) => void outgoing.write("a beginning");
    const made = serving.to.open(`/v1/runs/${handle}/tools/zendesk/a`);
    made.on("error", () => undefined);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    await serving.ask("/chat", by("b.b.b"));
    await until(() => response.destroyed);
    expect(response.complete).toBe(false);
  });

  test("what still works, though its client went away, gets nothing of the next one's run", async () => {
    const held = await serving.held(serving.said("a.a.a"));
    const handle = String(serving.got[0]?.raw[serving.got[0].raw.indexOf("ambit-run") + 1]);
    held.made.destroy();
    await until(() => held.outgoing.destroyed);
    const next = await serving.held(serving.said("b.b.b"));
    expect(codesOf(await serving.to.ask(BY_TASK))).toEqual(["companion.no-handle"]);
    expect(codesOf(await serving.to.ask(BY_TASK, { headers: { "ambit-run": handle } }))).toEqual(["companion.no-run"]);
    next.outgoing.end();
    expect(serving.running.exchange.to("/token")).toEqual([]);
  });

  test("and its run can be joined again", async () => {
    const handle = await before();
    await serving.ask("/chat", by("b.b.b"));
    expect((await serving.ask("/chat", by("a.a.a", { "x-ambit-join": "run-1" }))).status).toBe(200);
    expect((await serving.running.ask(`/v1/runs/${handle}`)).status).toBe(404);
  });
});

describe("while the exchange is asked", () => {
  const refused = "companion.busy";
  const once = { isOnce: true, sid: undefined };
  const often = { isOnce: false, sid: undefined };

  test.each([
    ["what is used up waits for nothing that is asked", often, once],
    ["nothing is asked while what is used up is", once, often],
    ["two that are used up", once, once],
  ])("fails with companion.busy: %s", (_, first, second) => {
    const oneUser = new OneUser(() => undefined);
    const answered = oneUser.expect(first);
    expect(() => oneUser.expect(second)).toThrow(refused);
    answered();
    expect(() => oneUser.expect(second)).not.toThrow();
  });

  test("users may be asked about at once, as their evidence is good for several runs", () => {
    const oneUser = new OneUser(() => undefined);
    oneUser.expect(often);
    expect(() => oneUser.expect(often)).not.toThrow();
  });

  test("a run of the session that is under way may be joined with what is used up", () => {
    const oneUser = new OneUser(() => undefined);
    oneUser.take("a");
    expect(() => oneUser.expect({ isOnce: true, sid: "a" })).not.toThrow();
    expect(() => oneUser.expect({ isOnce: true, sid: "b" })).toThrow(refused);
  });
});

test("a request that is over twice is over once", () => {
  const oneUser = new OneUser(() => undefined);
  const leave = oneUser.take("a");
  const other = oneUser.take("a");
  leave();
  leave();
  expect(() => oneUser.take("b")).toThrow("companion.busy");
  other();
  expect(() => oneUser.take("b")).not.toThrow();
});
