import { AWS_SECONDS, refusal, RUN_SECONDS } from "../../support/companion/fake-exchange";
import { type Answer, codesOf, NOON, Running } from "../../support/companion/running";
import { AGENT, thumbprintOf } from "../../support/companion/trust";

const TASK = "/v1/tasks/answer/aws-credentials";
const BY_AGENT = `${TASK}?start=agent`;
/** In which new credentials are fetched ahead */
const REFRESH = 300;

let running: Running;
beforeEach(() => {
  running = new Running();
});
afterEach(() => running.close());

const issued = (): number => running.exchange.to("/aws/credentials").length;
const keyOf = ({ json }: Answer): unknown => json.AccessKeyId;
const NEXT = JSON.stringify({
  AccessKeyId: "ASIA-NEXT",
  SecretAccessKey: "secret",
  Token: "session",
  Expiration: new Date((NOON + 2 * AWS_SECONDS) * 1000).toISOString(),
});
const at = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** A busy machine needs long; within what a test may take, so that the test says what it waited for */
const LATE_MILLISECONDS = 200_000;

async function until(holds: () => boolean): Promise<void> {
  for (const late = Date.now() + LATE_MILLISECONDS; !holds();) {
    if (Date.now() > late) throw new Error(`still not: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What was fetched in the background has come */
async function untilKey(key: string, path = TASK): Promise<void> {
  for (const late = Date.now() + LATE_MILLISECONDS; keyOf(await running.ask(path)) !== key;) {
    if (Date.now() > late) throw new Error(`no ${key}`);
  }
}

async function untilStatus(status: number): Promise<void> {
  for (const late = Date.now() + LATE_MILLISECONDS; (await running.ask(TASK)).status !== status;) {
    if (Date.now() > late) throw new Error(`no status ${status}`);
  }
}

/** A run that outlives credentials */
async function longRun(): Promise<string> {
  running.exchange.runSeconds = 3_600;
  await running.start();
  return running.begin({ audience: "aws" });
}

describe("credentials", () => {
  test("are what SDKs expect, got with a token of audience aws bound to the same SVID", async () => {
    await running.start();
    await running.begin();
    const answer = await running.ask(TASK);
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(answer.json).toEqual({
      AccessKeyId: "ASIA1",
      SecretAccessKey: "secret",
      Token: "session",
      Expiration: at(NOON + AWS_SECONDS),
    });
    const [, token, credentials] = running.exchange.received;
    expect(token?.form).toMatchObject({ grant_type: "client_credentials", audience: "aws" });
    expect(credentials).toMatchObject({ authorization: "Bearer token-2", thumbprint: thumbprintOf(running.svid) });
  });

  test("of a run that began for AWS use the token that it began with", async () => {
    await running.start();
    await running.begin({ audience: "aws" });
    await running.ask(TASK);
    expect(running.exchange.to("/aws/credentials")[0]?.authorization).toBe("Bearer token-1");
  });

  test("end with the run, where that is first", async () => {
    running.exchange.runSeconds = 600;
    await running.start();
    await running.begin();
    expect((await running.ask(TASK)).json.Expiration).toBe(at(NOON + 600));
  });

  test("1,000 requests cause one, at once and one after the other", async () => {
    await longRun();
    running.exchange.delayMs = 50;
    for (let n = 0; n < 500; n += 100) await Promise.all(Array.from({ length: 100 }, () => running.ask(TASK)));
    for (let n = 0; n < 500; n++) await running.ask(TASK);
    expect(issued()).toBe(1);
  });

  test("are fetched ahead once in their last 5 minutes, while the old ones are answered", async () => {
    await longRun();
    await running.ask(TASK);
    running.now += AWS_SECONDS - REFRESH - 1;
    expect(keyOf(await running.ask(TASK))).toBe("ASIA1");
    expect(issued()).toBe(1);
    running.now += 1;
    let answerNext: () => void = () => undefined;
    running.exchange.said.set("/aws/credentials", (response) => (answerNext = () => response.end(NEXT)));
    const answers = await Promise.all(Array.from({ length: 20 }, () => running.ask(TASK)));
    expect(new Set(answers.map(keyOf))).toEqual(new Set(["ASIA1"]));
    await until(() => issued() === 2);
    answerNext();
    await untilKey("ASIA-NEXT");
    expect(issued()).toBe(2);
  });

  test("are not fetched without requests", async () => {
    await longRun();
    await running.ask(TASK);
    running.now += AWS_SECONDS - 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(issued()).toBe(1);
  });

  test("that end with the run are not fetched ahead: others would end as soon", async () => {
    await running.start();
    await running.begin();
    await running.ask(TASK);
    running.now += RUN_SECONDS - 10;
    for (let n = 0; n < 5; n++) expect(keyOf(await running.ask(TASK))).toBe("ASIA1");
    expect(issued()).toBe(1);
  });

  test("fail in the last 5 s of the run, and the exchange is asked once", async () => {
    await running.start();
    await running.begin({ audience: "aws" });
    running.now += RUN_SECONDS - 6;
    expect((await running.ask(TASK)).json.Expiration).toBe(at(NOON + RUN_SECONDS));
    running.now += 1;
    for (let n = 0; n < 10; n++) {
      const answer = await running.ask(TASK);
      expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
    }
    expect(issued()).toBe(2);
  });

  test("are fetched anew after they have expired", async () => {
    await longRun();
    await running.ask(TASK);
    running.now += AWS_SECONDS;
    expect(keyOf(await running.ask(TASK))).toBe("ASIA2");
  });

  test("stay when the SVID rotates, and the next are got with the new one", async () => {
    await longRun();
    await running.ask(TASK);
    const next = running.authority.svid(AGENT);
    running.source.give(next, running.authority.own);
    expect(keyOf(await running.ask(TASK))).toBe("ASIA1");
    running.now += AWS_SECONDS;
    expect(keyOf(await running.ask(TASK))).toBe("ASIA2");
    expect(running.exchange.to("/aws/credentials")[1]?.thumbprint).toBe(thumbprintOf(next));
  });

  test.each(["/v1/runs/run-1/aws-credentials", TASK, BY_AGENT])(
    "given to another SPIFFE ID are not this one's: %s",
    async (path) => {
      await running.start();
      await running.begin({ start: "agent", evidence: undefined });
      expect(keyOf(await running.ask(path))).toBe("ASIA1");
      running.source.give(running.authority.svid(`${AGENT}-other`), running.authority.own);
      const answer = await running.ask(path);
      if (path === BY_AGENT) expect(keyOf(answer)).toBe("ASIA2");
      else expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
    },
  );

  test("are got with a new token where the exchange does not take the old one", async () => {
    await longRun();
    let refused = 0;
    running.exchange.said.set("/aws/credentials", (response) => {
      refused += 1;
      running.exchange.said.clear();
      response.writeHead(401, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "invalid_token", reasons: [] }));
    });
    expect((await running.ask(TASK)).status).toBe(200);
    expect([refused, running.exchange.to("/aws/credentials")[1]?.authorization]).toEqual([1, "Bearer token-2"]);
  });

  test("go on while the exchange is away, until they expire", async () => {
    await longRun();
    await running.ask(TASK);
    await running.exchange.stop();
    running.now += AWS_SECONDS - 6;
    expect(keyOf(await running.ask(TASK))).toBe("ASIA1");
    running.now += 1;
    const answer = await running.ask(TASK);
    expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-exchange"]]);
  });

  test("are in no log", async () => {
    await running.start();
    await running.begin();
    await running.ask(TASK);
    expect(running.logged.join()).not.toMatch(/ASIA|secret|"session"/);
  });
});

describe("credentials that are on their way when their run is ended", () => {
  /** Ask, end the run while the exchange thinks, and let it answer then */
  async function endedMeanwhile(path: string, run: string): Promise<Answer> {
    let answer: () => void = () => undefined;
    running.exchange.said.set("/aws/credentials", (response) => (answer = () => response.end(NEXT)));
    const asked = running.ask(path);
    await until(() => issued() === 1);
    running.exchange.said.clear();
    expect((await running.ask(`/v1/runs/${run}`, { method: "DELETE" })).status).toBe(204);
    answer();
    return asked;
  }

  test("are not returned", async () => {
    await running.start();
    const run = await running.begin({ audience: "aws" });
    const answer = await endedMeanwhile(`/v1/runs/${run}/aws-credentials`, run);
    expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
  });

  test("are not those of the task that the agent starts, which has a new run", async () => {
    await running.start();
    const run = await running.begin({ start: "agent", evidence: undefined, audience: "aws" });
    expect(keyOf(await endedMeanwhile(BY_AGENT, run))).toBe("ASIA2");
    running.now += 60;
    expect(keyOf(await running.ask(BY_AGENT))).toBe("ASIA2");
    const details = running.exchange.to("/token").map((request) => request.details);
    expect(details).toEqual([
      { type: "ambit_task", task: "answer", start: "agent" },
      { type: "ambit_task", task: "answer", start: "agent" },
    ]);
  });
});

describe("which run a task means", () => {
  test("is the last begun, where all are of one session", async () => {
    await running.start();
    await running.begin();
    const last = await running.begin();
    await running.ask(TASK);
    expect(running.exchange.received.at(-2)?.details).toMatchObject({ run: last });
  });

  test("is refused where runs are of several sessions, until the others end", async () => {
    await running.start();
    const one = await running.begin();
    running.exchange.sid = "session-2";
    const other = await running.begin();
    const answer = await running.ask(TASK);
    expect([answer.status, codesOf(answer)]).toEqual([409, ["companion.several-runs"]]);
    expect((await running.ask(`/v1/runs/${one}/aws-credentials`)).status).toBe(200);
    await running.ask(`/v1/runs/${one}`, { method: "DELETE" });
    await running.ask(TASK);
    expect(running.exchange.received.at(-2)?.details).toMatchObject({ run: other });
  });

  test("is no run of another task", async () => {
    await running.start();
    await running.begin({ task: "refund" });
    const answer = await running.ask(TASK);
    expect([answer.status, codesOf(answer)]).toEqual([404, ["companion.no-run"]]);
  });
});

describe("by start=agent", () => {
  test("a run begins, once however many ask", async () => {
    await running.start();
    running.exchange.delayMs = 30;
    const answers = await Promise.all(Array.from({ length: 30 }, () => running.ask(BY_AGENT)));
    expect(new Set(answers.map(keyOf))).toEqual(new Set(["ASIA1"]));
    expect(running.exchange.received.map(({ path }) => path)).toEqual(["/token", "/aws/credentials"]);
    expect(running.exchange.received[0]?.details).toEqual({ type: "ambit_task", task: "answer", start: "agent" });
  });

  test("the run of a user is another's", async () => {
    await running.start();
    await running.begin();
    await running.ask(BY_AGENT);
    expect(running.exchange.to("/token")[1]?.details).toMatchObject({ start: "agent" });
  });

  test("a run that the agent began goes on", async () => {
    await running.start();
    const run = await running.begin({ start: "agent", evidence: undefined });
    await running.ask(BY_AGENT);
    expect(running.exchange.to("/token")[1]?.details).toMatchObject({ run });
  });

  test("the next run begins before the last is over, while old credentials are answered", async () => {
    await running.start();
    await running.ask(BY_AGENT);
    running.now += RUN_SECONDS - REFRESH;
    expect(keyOf(await running.ask(BY_AGENT))).toBe("ASIA1");
    await untilKey("ASIA2", BY_AGENT);
    const answer = await running.ask(BY_AGENT);
    expect([keyOf(answer), answer.json.Expiration]).toEqual(["ASIA2", at(running.now + RUN_SECONDS)]);
    expect(running.exchange.to("/token").map(({ details }) => details.start)).toEqual(["agent", "agent"]);
  });

  test("of a long run the next are answered as soon as they are there", async () => {
    running.exchange.runSeconds = 3_600;
    await running.start();
    await running.ask(BY_AGENT);
    running.now += AWS_SECONDS - REFRESH;
    expect(keyOf(await running.ask(BY_AGENT))).toBe("ASIA1");
    await untilKey("ASIA2", BY_AGENT);
    expect(running.exchange.to("/token").map(({ details }) => details.start ?? "goes on")).toEqual([
      "agent",
      "goes on",
    ]);
  });

  test("for an hour of requests, one each 10 minutes", async () => {
    await running.start();
    for (let second = 0; second < 3_600; second += 10) {
      const answer = await running.ask(BY_AGENT);
      expect(answer.status).toBe(200);
      expect(Date.parse(answer.json.Expiration as string) / 1000).toBeGreaterThan(running.now + 60);
      running.now += 10;
    }
    expect(issued()).toBeLessThanOrEqual(6);
  });

  test("a new run begins where the exchange does not go on with the last", async () => {
    await running.start();
    await running.begin({ start: "agent", evidence: undefined });
    let refused = 0;
    running.exchange.said.set("/token", (response) => {
      refused += 1;
      running.exchange.said.clear();
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "access_denied", reasons: [{ code: "session.over", what: "", fix: "" }] }));
    });
    expect((await running.ask(BY_AGENT)).status).toBe(200);
    expect(refused).toBe(1);
    expect(running.exchange.to("/token").at(-1)?.details).toMatchObject({ start: "agent" });
  });

  test("fails where the task does not declare it, and asks once for the tries of an SDK", async () => {
    await running.start();
    running.exchange.said.set("/token", refusal("access_denied", "start.undeclared"));
    const answers: Answer[] = [];
    for (let n = 0; n < 10; n++) answers.push(await running.ask(BY_AGENT));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect(answers[0]?.json).toMatchObject({
      Code: "start.undeclared",
      Message: "it is so: make it otherwise",
      error: "access_denied",
    });
    expect(running.exchange.received).toHaveLength(1);
    running.now += 5;
    running.exchange.said.clear();
    expect((await running.ask(BY_AGENT)).status).toBe(200);
  });
});

describe("fails", () => {
  test.each([
    ["mark.credential-below", "access_denied", 400, 403],
    ["aws.policy-too-large", "access_denied", 400, 403],
    ["aws.not-granted", "invalid_target", 400, 403],
    ["aws.unavailable", "temporarily_unavailable", 503, 503],
    ["store.unavailable", "temporarily_unavailable", 503, 503],
  ])("with %s as %s of %i with %i", async (code, error, status, answered) => {
    await running.start();
    await running.begin();
    running.exchange.said.set("/aws/credentials", refusal(error, code, status));
    const answer = await running.ask(TASK);
    expect([answer.status, codesOf(answer), answer.json.Code]).toEqual([answered, [code], code]);
    expect(answer.headers["retry-after"]).toBe(answered === 503 ? "1" : undefined);
  });

  test("when new ones are refused, also where old ones would still be good", async () => {
    await longRun();
    await running.ask(TASK);
    running.now += AWS_SECONDS - 60;
    running.exchange.said.set("/token", refusal("access_denied", "agent.revoked"));
    await untilStatus(403);
    expect(codesOf(await running.ask(TASK))).toEqual(["agent.revoked"]);
  });

  test.each([
    ["no key", { AccessKeyId: undefined }],
    ["no end", { Expiration: undefined }],
    ["an end that is no time", { Expiration: "soon" }],
  ])("when the exchange answers with %s", async (_, wrong) => {
    await running.start();
    await running.begin();
    const sound = { AccessKeyId: "A", SecretAccessKey: "s", Token: "t", Expiration: at(NOON + 900) };
    running.exchange.said.set("/aws/credentials", { status: 200, body: { ...sound, ...wrong } });
    const answer = await running.ask(TASK);
    expect([answer.status, codesOf(answer)]).toEqual([503, ["companion.no-exchange"]]);
    expect(answer.json.error_description).toMatch(/^the exchange answered what is not of its contract: /);
  });
});
