import { UNKNOWN_CHAIN } from "../../../domain/kill-order";
import { KillSwitch, NotStopped } from "../../../runtime/kill-switch/kill-switch";
import { isDone, type KillResult } from "../../../runtime/kill-switch/result";
import { Refused } from "../../../runtime/kill-switch/tried";

const ARN = "arn:aws:iam::111122223333:role/ambit/agents/prod/";
const ORDER = { kind: "agent", id: "support-triage", reason: "INC-1" };
const FINDING = {
  source: "aws.guardduty",
  detail: {
    id: "f1",
    type: "T",
    resource: { accessKeyDetails: { userType: "AssumedRole", userName: "prod.support-triage" } },
  },
};

/** A kill switch whose every step does as it is told */
class World {
  public revoke: () => Promise<object> = async () => ({ already: false, roles: [`${ARN}prod.support-triage`] });
  public deny: (role: string) => Promise<void> = async () => undefined;
  public list: () => Promise<void> = async () => undefined;
  public readonly denied: string[] = [];
  public readonly waited: number[] = [];
  public readonly logged: (readonly [event: string, facts: unknown])[] = [];
  public readonly killSwitch = new KillSwitch({
    config: { roles: { platform: "prod", partition: "aws" } },
    revoke: () => this.revoke() as never,
    deny: async (role) => {
      await this.deny(role);
      this.denied.push(role);
    },
    list: () => this.list(),
    log: (event, facts) => void this.logged.push([event, facts]),
    wait: async (milliseconds) => void this.waited.push(milliseconds),
  });

  public async stop(event: unknown = ORDER): Promise<KillResult> {
    const result = await this.killSwitch.handle(event);
    if (result === undefined) throw new Error("nothing was asked for");
    return result;
  }
}

const failing = (error: Error) => async (): Promise<never> => {
  throw error;
};
const outcomes = ({ steps }: KillResult) => steps.map(({ step, outcome, tries }) => `${step} ${outcome} ${tries}`);

test("an agent is stopped at the exchange, at AWS and in the cluster, each step reported", async () => {
  const world = new World();
  const horizon = [{ path: "tools", seconds: 300, because: "a stream" }];
  world.revoke = async () => ({ already: false, horizon, roles: [`${ARN}prod.support-triage`] });
  const result = await world.stop();
  expect(result).toEqual({
    steps: [
      { step: "exchange", outcome: "done", tries: 1, what: "exchange and gateway refuse from the next request on" },
      { step: "aws", outcome: "done", tries: 1, what: "AWSDenyAll is on prod.support-triage" },
      { step: "kill-list", outcome: "done", tries: 1, what: "no new pod of it starts" },
    ],
    horizon,
  });
  expect(isDone(result)).toBe(true);
  expect(world.logged.map(([event]) => event)).toEqual(["kill.done", "kill.done", "kill.done"]);
});

test("a chain whose run the exchange does not know is told as that", async () => {
  const world = new World();
  world.revoke = async () => ({ already: false, known: false });
  const { steps } = await world.stop({ kind: "chain", id: "R1", reason: "INC-1" });
  expect(steps[0]).toMatchObject({ step: "exchange", outcome: "failed", what: UNKNOWN_CHAIN });
});

test.each<readonly [step: string, fail: (world: World) => void, outcomes: readonly string[]]>([
  [
    "the exchange is deaf",
    (world) => (world.revoke = failing(new Error("no answer"))),
    ["exchange failed 3", "aws done 1", "kill-list done 1"],
  ],
  [
    "AWS is deaf",
    (world) => (world.deny = failing(new Error("no answer"))),
    ["exchange done 1", "aws failed 3", "kill-list done 1"],
  ],
  [
    "the API server is deaf",
    (world) => (world.list = failing(new Error("no answer"))),
    ["exchange done 1", "aws done 1", "kill-list failed 3"],
  ],
  [
    "the exchange refuses",
    (world) => (world.revoke = failing(new Refused("400, revocation.target-unknown"))),
    ["exchange failed 1", "aws done 1", "kill-list done 1"],
  ],
])("where %s, the other steps are done, and it is tried, told and logged", async (_, fail, expected) => {
  const world = new World();
  fail(world);
  const result = await world.stop();
  expect(outcomes(result)).toEqual(expected);
  expect(isDone(result)).toBe(false);
  expect(result.steps.find(({ outcome }) => outcome === "failed")?.what).toMatch(/no answer|target-unknown/);
  expect(world.logged.filter(([event]) => event === "kill.failed")).toHaveLength(1);
});

test("a step is tried again after half a second, and after two more", async () => {
  const world = new World();
  let tries = 0;
  world.list = async () => {
    tries += 1;
    if (tries < 3) throw new Error("busy");
  };
  expect(outcomes(await world.stop())).toContain("kill-list done 3");
  expect(world.waited).toEqual([500, 2_000]);
});

test("roles that only the exchange knows are denied too", async () => {
  const world = new World();
  world.revoke = async () => ({ already: false, roles: [`${ARN}prod.support-triage.answer`, `${ARN}odd-1234abcd`] });
  world.deny = async (role) => {
    if (role === "prod.support-triage") throw new Refused("there is no role prod.support-triage");
  };
  expect((await world.stop()).steps[1]).toMatchObject({
    outcome: "done",
    what: "AWSDenyAll is on prod.support-triage.answer, odd-1234abcd",
  });
});

test("one role that cannot be denied is told, beside those that are", async () => {
  const world = new World();
  world.revoke = async () => ({ already: false, roles: [`${ARN}prod.support-triage`, `${ARN}second`] });
  world.deny = async (role) => {
    if (role === "second") throw new Refused("IAM does not let second be denied");
  };
  expect((await world.stop()).steps[1]).toMatchObject({
    outcome: "failed",
    what: "AWSDenyAll is on prod.support-triage; Refused: IAM does not let second be denied",
  });
});

test("an agent without a role in AWS needs none denied, where the exchange says so", async () => {
  const world = new World();
  world.deny = failing(new Refused("there is no role prod.support-triage"));
  world.revoke = async () => ({ already: false, roles: [] });
  expect((await world.stop()).steps[1]).toMatchObject({ outcome: "not needed", what: "the agent has no role in AWS" });
  world.revoke = failing(new Error("no answer"));
  expect((await world.stop()).steps[1]).toMatchObject({ outcome: "failed" });
});

test("where the exchange is deaf, the roles that were named are denied, and that others may be there is told", async () => {
  const world = new World();
  world.revoke = failing(new Error("no answer"));
  const result = await world.stop({ ...ORDER, roles: ["prod.support-triage.answer"] });
  expect(world.denied).toEqual(["prod.support-triage", "prod.support-triage.answer"]);
  expect(result.steps[1]?.what).toContain("the exchange did not tell whether it has other roles");
});

test("a user is stopped at the exchange alone", async () => {
  const world = new World();
  const user = { issuer: "https://login.acme.example", subject: "mallory" };
  expect(outcomes(await world.stop({ kind: "user", user, reason: "INC-1" }))).toEqual([
    "exchange done 1",
    "aws not needed 0",
    "kill-list not needed 0",
  ]);
  expect(world.denied).toEqual([]);
});

test("what an event asked for and a step failed to do is asked for again: the call ends with an error", async () => {
  const world = new World();
  await expect(world.stop(FINDING)).resolves.toMatchObject({ steps: [{ outcome: "done" }, {}, {}] });
  world.list = failing(new Error("no answer"));
  await expect(world.stop(FINDING)).rejects.toThrow(NotStopped);
  await expect(world.stop(FINDING)).rejects.toThrow("kill-list: failed: Error: no answer");
  expect(world.denied).toContain("prod.support-triage");
});

test("a role whose name was cut is denied, and what it does not tell is told and logged as failed", async () => {
  const world = new World();
  const userName = `prod.${"a".repeat(50)}-0123abcd`;
  world.revoke = failing(new Error("nothing is to be revoked"));
  const { detail, ...event } = FINDING;
  const resource = { accessKeyDetails: { userType: "AssumedRole", userName } };
  const cut = { ...event, detail: { ...detail, resource } };
  const result = await world.stop(cut);
  expect(outcomes(result)).toEqual(["exchange failed 0", "aws done 1", "kill-list failed 0"]);
  expect(world.denied).toEqual([userName]);
  expect(result.steps[0]?.what).toBe(
    `GuardDuty T, finding f1: the name of ${userName} was cut, and does not tell whose it is: find the agent and run ambit revoke agent`,
  );
  expect(world.logged.map(([name]) => name)).toEqual(["kill.failed", "kill.failed", "kill.done"]);
  world.deny = failing(new Error("no answer"));
  await expect(world.stop(cut)).rejects.toThrow(NotStopped);
});

test("each step is logged as it ends, independent of the others", async () => {
  const world = new World();
  let answer: () => void = () => undefined;
  const hanging = new Promise<void>((done) => (answer = done));
  world.deny = () => hanging;
  const stopping = world.stop();
  await new Promise((done) => setImmediate(done));
  expect(world.logged.map(([, facts]) => (facts as { step: string }).step).sort()).toEqual(["exchange", "kill-list"]);
  answer();
  await stopping;
  expect(world.logged.map(([, facts]) => (facts as { step: string }).step)).toContain("aws");
});
