import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { liveFolder } from "../../support/inventory/live-folder";
import { eventOf, liveWorld, type Printed, used } from "../../support/inventory/live-world";

const { folder, dir, published } = liveFolder("inventory-cloudtrail");
const world = (change: Printed = {}) => liveWorld({ dir, published }, change);
const LOOKUP = "aws cloudtrail lookup-events";
const READ = { agent: "ledger-reconciler", task: "login", data: "erp-login", access: "read" };
const isErp = ({ data }: { readonly data: string }): boolean => data === "erp-login";
const found = ({ narrowings, unknown, notAsked }: Comparison) => ({
  unused: narrowings.flatMap((one) => one.unused).filter(isErp),
  unknown: unknown.filter(isErp),
  notAsked,
});
/** Access advisor tells that the role reads secrets, which may be other ones. */
const reading: Printed = {
  "aws iam get-service-last-accessed-details": {
    JobStatus: "COMPLETED",
    ServicesLastAccessed: [used("s3"), used("dynamodb"), used("secretsmanager")],
  },
};
const other = (change: object = {}) => eventOf({ requestParameters: { secretId: "finance/other" }, ...change });

test("a secret that other events of the role leave out is unused, with CloudTrail as what tells it", async () => {
  const { compared } = world({ ...reading, [LOOKUP]: { Events: [other()] } });
  expect(found(await compared())).toMatchObject({
    unused: [{ ...READ, by: "CloudTrail", because: "GetSecretValue not called on it since 2026-10-17" }],
    notAsked: {},
  });
});

test("reads page after page, the next from where the last one ended, and no faster than AWS allows", async () => {
  const pages = (args: readonly string[]) =>
    args.includes("--starting-token=t2")
      ? { Events: [eventOf()] }
      : args.includes("--starting-token=t1")
        ? { Events: [], NextToken: "t2" }
        : { Events: Array.from({ length: 100 }, () => other()), NextToken: "t1" };
  const { compared, ran, waited } = world({ ...reading, [LOOKUP]: pages });
  expect(found(await compared())).toMatchObject({ unused: [], unknown: [] });
  expect(ran.filter((call) => call.startsWith(LOOKUP))).toHaveLength(3);
  expect(waited).toEqual([1_000]);
});

test("reads no further once each secret was seen in use", async () => {
  const { compared, ran } = world({ ...reading, [LOOKUP]: { Events: [eventOf()], NextToken: "t1" } });
  expect(found(await compared())).toMatchObject({ unused: [], unknown: [] });
  expect(ran.filter((call) => call.startsWith(LOOKUP))).toHaveLength(1);
});

test("asks for 90 days at most, and what is longer ago stays unknown", async () => {
  const never = { JobStatus: "COMPLETED", ServicesLastAccessed: [] };
  const { compared, ran } = world({ "aws iam get-service-last-accessed-details": never, [LOOKUP]: { Events: [] } });
  expect(found(await compared("--unused-days", "91"))).toMatchObject({
    unused: [],
    unknown: [
      {
        because: "AWS reports nothing about secretsmanager; CloudTrail's event history is known since 2026-10-17 alone",
      },
    ],
  });
  expect(ran.find((call) => call.startsWith(LOOKUP))).toContain("--start-time 2026-10-17T08:00:00.000Z");
});

test("asks from the begin of fewer days", async () => {
  const { compared, ran } = world();
  await compared("--unused-days", "7");
  expect(ran.find((call) => call.startsWith(LOOKUP))).toContain("--start-time 2027-01-08T08:00:00.000Z");
});

test("stops after 20,000 calls, and what is longer ago stays unknown", async () => {
  let page = 0;
  const Events = Array.from({ length: 100 }, () => other());
  const never = { JobStatus: "COMPLETED", ServicesLastAccessed: [] };
  const { compared, ran } = world({
    "aws iam get-service-last-accessed-details": never,
    [LOOKUP]: () => ({ Events, NextToken: `t${page++}` }),
  });
  const { unused, unknown, notAsked } = found(await compared());
  expect([unused, notAsked, ran.filter((call) => call.startsWith(LOOKUP)).length]).toEqual([[], {}, 200]);
  expect(unknown[0]?.because).toContain("CloudTrail's event history is known since 2027-01-14 alone");
});

test("takes events of agents alone, and of Secrets Manager alone", async () => {
  const user = { userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/jo" } };
  const foreign = { eventSource: "other.amazonaws.com" };
  const { compared } = world({ ...reading, [LOOKUP]: { Events: [other(), eventOf(user), eventOf(foreign)] } });
  expect(found(await compared()).unused).toHaveLength(1);
});

test("a session whose role the event does not name may be of any role", async () => {
  const arn = "arn:aws:sts::111122223333:assumed-role/prod.ledger-reconciler/x";
  const { compared } = world({
    ...reading,
    [LOOKUP]: { Events: [other(), eventOf({ userIdentity: { type: "AssumedRole", arn } })] },
  });
  expect(found(await compared())).toMatchObject({ unused: [], unknown: [] });
});

test("is not asked where no active agent reads a secret", async () => {
  const registry = "cdktf.out/ambit/registry.json";
  const text = readFileSync(join(folder.path, registry), "utf8");
  const changed = JSON.parse(text) as { agents: Record<string, { state: string }> };
  changed.agents["ledger-reconciler"]!.state = "suspended";
  folder.put(registry, JSON.stringify(changed));
  try {
    const { compared, ran } = world();
    expect((await compared()).notAsked).toEqual({});
    expect(ran.filter((call) => call.startsWith(LOOKUP))).toEqual([]);
  } finally {
    folder.put(registry, text);
  }
});

describe("where CloudTrail does not answer, that is told, nothing is unused by it, and the exit code is 1:", () => {
  const denied = "An error occurred (AccessDeniedException) when calling the LookupEvents operation";
  test.each<[string, Printed[string], string]>([
    ["access denied", denied, `aws cloudtrail lookup-events ended with 254: ${denied}`],
    ["no list", {}, "Events must be a list of objects, got undefined"],
    ["an event without text", { Events: [{}] }, "CloudTrailEvent must be a text, got undefined"],
    [
      "an event that is no JSON",
      { Events: [{ CloudTrailEvent: "{" }] },
      "CloudTrailEvent must be an object as JSON: AWS answers something else",
    ],
    [
      "an event without time",
      { Events: [eventOf({ eventTime: "then" })] },
      'eventTime must be a time such as "2026-12-01T12:00:00Z", got "then"',
    ],
    [
      "the same page again",
      { Events: [other()], NextToken: "t" },
      "AWS gives the same page of CloudTrail's event history again",
    ],
  ])("%s", async (_, answer, why) => {
    const { code, stdout, stderr } = await world({ ...reading, [LOOKUP]: answer! }).live("--json", ...published);
    const comparison = JSON.parse(stdout) as Comparison;
    expect([code, comparison.notAsked, found(comparison).unused]).toEqual([1, { cloudtrail: why }, []]);
    expect(stderr).toContain("ambit: cloudtrail could not be asked, or not about all: the report says why");
  });

  test("a provider of the folder whose region is not written out", async () => {
    const file = "cdktf.out/stacks/agents/cdk.tf.json";
    const text = readFileSync(join(folder.path, file), "utf8");
    folder.put(file, text.replace('"region": "eu-central-1"', '"region": "${var.region}"'));
    try {
      const { compared, ran } = world(reading);
      expect((await compared()).notAsked).toEqual({
        cloudtrail: "stacks/agents/cdk.tf.json: provider.aws: must have its region as text, such as eu-central-1",
      });
      expect(ran.filter((call) => call.startsWith(LOOKUP))).toEqual([]);
    } finally {
      folder.put(file, text);
    }
  });
});

describe("where AWS says that it is asked too often", () => {
  const throttled = "An error occurred (ThrottlingException) when calling the LookupEvents operation: Rate exceeded";
  test("asks again after 1, 2, 4 seconds, until it answers", async () => {
    let asked = 0;
    const { compared, waited } = world({ [LOOKUP]: () => (asked++ < 3 ? throttled : { Events: [eventOf()] }) });
    expect((await compared()).notAsked).toEqual({});
    expect(waited).toEqual([1_000, 2_000, 4_000]);
  });

  test("gives up after a minute, and says so", async () => {
    const { compared, waited } = world({ [LOOKUP]: throttled });
    expect((await compared()).notAsked).toEqual({
      cloudtrail: `aws cloudtrail lookup-events ended with 254: ${throttled}`,
    });
    expect(waited).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
  });

  test("asks again about roles too", async () => {
    let asked = 0;
    const generate = "aws iam generate-service-last-accessed-details";
    const busy = "An error occurred (Throttling) when calling the operation: Rate exceeded";
    const { live, ran } = world({ [generate]: () => (asked++ === 0 ? busy : { JobId: "x" }) });
    expect((await live(...published)).code).toBe(0);
    expect(ran.filter((call) => call.startsWith(generate))).toHaveLength(6);
  });
});
