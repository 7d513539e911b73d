import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { headerOf } from "../../../support/companion/fake-gateway";
import { refusal, RUN_SECONDS } from "../../../support/companion/fake-exchange";
import { codesOf } from "../../../support/companion/running";
import { BY_SELF, BY_TASK, ToTools, until } from "../../../support/companion/to-tools";

let to: ToTools;
beforeEach(() => {
  to = new ToTools();
});
afterEach(() => to.close());

/** Of which runs tokens were asked for, and what else begins one */
const asked = (): readonly unknown[] =>
  to.running.exchange.to("/token").map(({ form, details }) => [form.audience, details.run ?? details.start]);
const shown = (): readonly unknown[] => to.gateway.arrived.map((each) => headerOf(each, "authorization")[0]);

describe("by run", () => {
  test("each has its own token, though both are of one task", async () => {
    await to.start();
    const one = await to.running.begin();
    to.running.exchange.sid = "session-2";
    const other = await to.running.begin();
    for (const run of [one, other, one]) await to.ask(`/v1/runs/${run}/tools/zendesk/a`);
    expect(shown()).toEqual(["Bearer token-1", "Bearer token-2", "Bearer token-1"]);
  });

  test("fails once it is ended", async () => {
    await to.start();
    const run = await to.running.begin();
    await to.running.ask(`/v1/runs/${run}`, { method: "DELETE" });
    expect(codesOf(await to.ask(`/v1/runs/${run}/tools/zendesk`))).toEqual(["companion.no-run"]);
    expect(to.gateway.arrived).toEqual([]);
  });
});

describe("by task", () => {
  test("is meant its last run, of one session", async () => {
    await to.start();
    await to.running.begin();
    await to.running.begin();
    await to.ask(BY_TASK);
    expect(shown()).toEqual(["Bearer token-2"]);
  });

  test("fails with runs of several sessions, until one is left", async () => {
    await to.start();
    const one = await to.running.begin();
    to.running.exchange.sid = "session-2";
    await to.running.begin();
    const answer = await to.ask(BY_TASK, { method: "POST" }, "a");
    expect([answer.status, codesOf(answer)]).toEqual([409, ["companion.several-runs"]]);
    expect(to.gateway.arrived).toEqual([]);
    await to.running.ask(`/v1/runs/${one}`, { method: "DELETE" });
    expect((await to.ask(BY_TASK)).status).toBe(200);
    expect(shown()).toEqual(["Bearer token-2"]);
  });

  test("of several replicas, each means its own run, and none that of another", async () => {
    const replicas = [to, new ToTools(), new ToTools()] as const;
    for (const each of replicas) await each.start();
    const [first, second, third] = replicas;
    await first.running.begin();
    second.running.exchange.sid = "session-2";
    const run = await second.running.begin();
    const answers = await Promise.all(replicas.map((each) => each.ask(BY_TASK)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect((await third.ask(`/v1/runs/${run}/tools/zendesk`)).status).toBe(404);
    expect(third.gateway.arrived).toEqual([]);
    await Promise.all([second.close(), third.close()]);
  });
});

describe("by what the agent starts itself", () => {
  test("a run begins with the token for the tool, once however many ask", async () => {
    await to.start();
    to.running.exchange.delayMs = 30;
    const answers = await Promise.all(Array.from({ length: 30 }, () => to.ask(BY_SELF)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked()).toEqual([["tool:zendesk", "agent"]]);
    expect(new Set(shown())).toEqual(new Set(["Bearer token-1"]));
  });

  test("all tools and AWS have one run", async () => {
    await to.start();
    const paths = [BY_SELF, BY_SELF.replace("zendesk", "search"), "/v1/tasks/answer/aws-credentials?start=agent"];
    await Promise.all(paths.map((path) => to.ask(path)));
    expect([...asked()].map((each) => (each as string[])[1]).sort()).toEqual(["agent", "run-1", "run-1"]);
  });

  test("the run of a user is another's", async () => {
    await to.start();
    await to.running.begin();
    await to.ask(BY_SELF);
    expect(asked()).toEqual([
      ["tool:zendesk", "user"],
      ["tool:zendesk", "agent"],
    ]);
  });

  test("the next run begins before the last is over, which what is under way keeps", async () => {
    await to.start();
    to.gateway.does = (_, outgoing) => void outgoing.write("a beginning");
    const made = to.open(BY_SELF);
    made.end();
    const [response] = (await once(made, "response")) as [IncomingMessage];
    to.gateway.does = (_, outgoing) => outgoing.end();
    to.running.now += RUN_SECONDS - 300;
    expect((await to.ask(BY_SELF)).status).toBe(200);
    expect(asked()).toEqual([
      ["tool:zendesk", "agent"],
      ["tool:zendesk", "agent"],
    ]);
    expect(shown()).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(response.destroyed).toBe(false);
    response.destroy();
  });

  test("the last goes on while the exchange does not answer for the next", async () => {
    await to.start();
    await to.ask(BY_SELF);
    to.running.now += RUN_SECONDS - 290;
    to.running.exchange.runSeconds = 1;
    to.running.exchange.said.set("/token", (response) => {
      // For the next run; what the last asks for is answered.
      to.running.exchange.said.clear();
      response.writeHead(503).end();
    });
    expect((await to.ask(BY_SELF)).status).toBe(200);
    expect(asked().at(-1)).toEqual(["tool:zendesk", "run-1"]);
  });

  test("fails where the exchange refuses the next, though the last is not over", async () => {
    await to.start();
    await to.ask(BY_SELF);
    to.running.now += RUN_SECONDS - 290;
    to.running.exchange.said.set("/token", (response) => {
      to.running.exchange.said.clear();
      response.writeHead(400).end(JSON.stringify({ error: "access_denied", reasons: [{ code: "agent.suspended" }] }));
    });
    expect(codesOf(await to.ask(BY_SELF))).toEqual(["agent.suspended"]);
    expect(to.gateway.arrived).toHaveLength(1);
  });

  test.each(["session.over", "session.idle", "run.over", "run.unknown"])(
    "a new run begins where the exchange says %s",
    async (code) => {
      await to.start();
      await to.running.begin({ start: "agent", evidence: undefined, audience: "tool:search" });
      to.running.exchange.said.set("/token", (response) => {
        to.running.exchange.said.clear();
        response.writeHead(400).end(JSON.stringify({ error: "access_denied", reasons: [{ code }] }));
      });
      expect((await to.ask(BY_SELF)).status).toBe(200);
      expect(asked().at(-1)).toEqual(["tool:zendesk", "agent"]);
    },
  );

  test.each(["audience.not-granted", "session.tainted", "mark.reserved"])(
    "fails with %s, for which no new run begins and the last is not ended",
    async (code) => {
      await to.start();
      await to.ask(BY_SELF);
      to.gateway.does = (_, outgoing) => void outgoing.write("a beginning");
      const made = to.open(BY_SELF);
      made.end();
      const [response] = (await once(made, "response")) as [IncomingMessage];
      to.running.exchange.said.set("/token", refusal("access_denied", code));
      const answer = await to.ask(BY_SELF.replace("zendesk", "search"));
      expect([answer.status, codesOf(answer)]).toEqual([403, [code]]);
      expect(asked()).toEqual([
        ["tool:zendesk", "agent"],
        ["tool:search", "run-1"],
      ]);
      expect(response.destroyed).toBe(false);
      response.destroy();
    },
  );

  test("fails where the task does not declare it, with one request for all waiting calls", async () => {
    await to.start();
    to.running.exchange.delayMs = 30;
    to.running.exchange.said.set("/token", refusal("access_denied", "start.undeclared"));
    const answers = await Promise.all(Array.from({ length: 10 }, () => to.ask(BY_SELF)));
    expect(new Set(answers.flatMap(codesOf))).toEqual(new Set(["start.undeclared"]));
    expect(to.running.exchange.received.length).toBeLessThan(10);
    expect(to.gateway.arrived).toEqual([]);
  });

  test("a tool that is refused does not keep another from beginning", async () => {
    await to.start();
    to.running.exchange.delayMs = 30;
    to.running.exchange.said.set("/token", (response) => {
      to.running.exchange.said.clear();
      response.writeHead(400).end(JSON.stringify({ error: "invalid_target" }));
    });
    const refused = to.ask(BY_SELF.replace("zendesk", "search"));
    await until(() => to.running.exchange.received.length === 1);
    const [one, other] = await Promise.all([refused, to.ask(BY_SELF)]);
    expect([one.status, other.status]).toEqual([403, 200]);
  });
});
