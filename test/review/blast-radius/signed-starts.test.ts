import { BlastRadii } from "../../../review/blast-radius/blast-radii";
import type { BlastRadius } from "../../../review/blast-radius/blast-radius";
import { resourcesOf, synthesize } from "../../support/example-app";
import type { Edit } from "../../support/review/edit";
import { estateOf, filesOf, withEdits } from "../../support/review/folders";

const files = filesOf(synthesize());
const FOUNDATION = "stacks/foundation/cdk.tf.json";
const REGISTRY = "ambit/registry.json";
const resources = resourcesOf(synthesize().stacks.foundation);
const named = (type: string, start: string): string =>
  Object.keys(resources[type] ?? {}).find((name) => name.startsWith(start)) as string;
const STARTER = `foundation/aws_iam_role.${named("aws_iam_role", "Starter-merged_")}`;
const OPA = `foundation/aws_iam_role.${named("aws_iam_role", "OpaRole_")}`;
const KEY = named("aws_kms_key", "Starter-merged_Key-1_");
const STEP = "signs with alias/ambit/prod/starter/merged/1 → release-scribe.note";

/** Its place among starters */
const MERGED = (
  JSON.parse(String(files[REGISTRY])) as { trust: { starters: { issuer: string }[] } }
).trust.starters.findIndex(({ issuer }) => issuer.startsWith("https://merged."));

const of = (name: string, ...edits: readonly Edit[]): BlastRadius =>
  new BlastRadii(estateOf(withEdits(files, edits))).of(name) as BlastRadius;
const started = ({ reached }: BlastRadius) =>
  reached
    .filter(({ by }) => by === "release-scribe")
    .map(({ target, does }) => `${target}:${does}`)
    .sort();
const ALL = ["drafts:write", "editor:draft", "github:pull", "pull-requests:read"];

interface Policy {
  readonly Statement: readonly { readonly Sid?: string; readonly Condition?: object }[];
}
const policyAt = (type: string, name: string): Policy => JSON.parse(String(resources[type]?.[name]?.policy)) as Policy;
const written = (type: string, name: string, Statement: readonly object[]): Edit => ({
  file: FOUNDATION,
  at: `resource/${type}/${name}/policy`,
  set: JSON.stringify({ Version: "2012-10-17", Statement }),
});
const OPA_POLICY = named("aws_iam_role_policy", "OpaRole_");
const opaAlso = (allow: object): Edit =>
  written("aws_iam_role_policy", OPA_POLICY, [
    ...policyAt("aws_iam_role_policy", OPA_POLICY).Statement,
    { Effect: "Allow", ...allow },
  ]);
const opaMay = (Action: string, Resource: string): Edit => opaAlso({ Action, Resource });
const ARN = `\${aws_kms_key.${KEY}.arn}`;
/** A key policy that leaves signing to the principals' own policies. */
const OPEN = written(
  "aws_kms_key",
  KEY,
  policyAt("aws_kms_key", KEY).Statement.map(({ Condition: _, ...rest }) => rest),
);

test("who signs with the key of a starter has its task done, by what the task may do and for longer than its own credentials last", () => {
  const radius = of(STARTER);
  expect(radius.identities.map(({ name, how, hop }) => [hop, name, how])).toEqual([
    [0, STARTER, "itself"],
    [1, "release-scribe", "works for it"],
  ]);
  expect(started(radius)).toEqual(ALL);
  const pull = radius.reached.find(({ target }) => target === "github");
  expect(pull).toMatchObject({ hop: 1, as: "note", route: [{ how: "start", to: "release-scribe", what: STEP }] });
  expect(pull?.bounds).toEqual(["at most 300 s a run"]);
  expect(pull?.lasting).toEqual({
    seconds: 3_615,
    because:
      "a session of the role that was issued before, then what it started: a call that was open at the kill, until it is cut",
  });
  expect(pull).not.toHaveProperty("unknown");
});

test("another role that may sign with the key does so too, once the key's own policy lets it", () => {
  expect(started(of(OPA, opaMay("kms:Sign", ARN), OPEN))).toEqual(ALL);
  expect(started(of(OPA, opaMay("kms:Sign", ARN)))).toEqual([]);
});

test.each(["*", "arn:aws:kms:eu-central-1:111122223333:key/*"])(
  "who may sign with keys of the pattern %s may",
  (resource) => {
    const radius = of(OPA, opaMay("kms:Sign", resource), OPEN);
    expect(started(radius)).toEqual(ALL);
    expect(radius.reached.find(({ target }) => target === "github")).toMatchObject({
      unknown: `whether ${resource} opens the key of alias/ambit/prod/starter/merged/1 too is not known`,
    });
  },
);

const MANY_ACTIONS = Array.from({ length: 1_001 }, (_, at) => `kms:Sign${"?".repeat(at % 7)}*${at}`);
/** With a hundred actions, more pairs than are told apart */
const SOME_ACTIONS = ["kms:Sign", ...Array.from({ length: 99 }, (_, at) => `kms:Verify${at}`)];
const SOME_KEYS = Array.from({ length: 10 }, (_, at) => `arn:aws:kms:eu-central-1:111122223333:key/${at}`);

test.each<[string, object]>([
  ["a NotAction that leaves signing", { NotAction: ["s3:*", "kms:Verify"], Resource: ARN }],
  ["a NotAction on every resource", { NotAction: "s3:*", Resource: "*" }],
  ["a NotResource that leaves the key", { Action: "kms:Sign", NotResource: "arn:aws:kms:*:*:key/other" }],
  [
    "a NotResource that names another key by reference",
    { Action: "kms:Sign", NotResource: `\${aws_kms_key.${named("aws_kms_key", "PolicyKey_")}.arn}` },
  ],
  ["NotAction and NotResource", { NotAction: "s3:*", NotResource: "arn:aws:kms:*:*:key/other" }],
  ["more actions than are told apart", { Action: [...MANY_ACTIONS, "kms:Sign"], Resource: ARN }],
  ["more pairs of actions and keys than are told apart", { Action: SOME_ACTIONS, Resource: [...SOME_KEYS, ARN] }],
])("a role signs with the key by %s", (_, allow) => {
  expect(started(of(OPA, opaAlso(allow), OPEN))).toEqual(ALL);
});

test.each<[string, object]>([
  ["NotAction excludes signing", { NotAction: "kms:S*", Resource: ARN }],
  ["NotResource excludes the key", { Action: "kms:Sign", NotResource: ARN }],
  ["NotAction and NotResource exclude the key", { NotAction: "s3:*", NotResource: ["arn:aws:s3:::kept", ARN] }],
  ["many actions sign nothing", { Action: MANY_ACTIONS, Resource: ARN }],
  ["many keys are others", { Action: SOME_ACTIONS, Resource: [...SOME_KEYS, "arn:aws:s3:::kept"] }],
])("a role signs with no key of a starter where %s", (_, allow) => {
  expect(started(of(OPA, opaAlso(allow), OPEN))).toEqual([]);
});

test("a NotResource of all keys may leave the key of a starter, whose ARN is not known yet", () => {
  const radius = of(OPA, opaAlso({ NotAction: "s3:*", NotResource: "arn:aws:kms:*:*:key/*" }), OPEN);
  expect(radius.identities.find(({ name }) => name === "release-scribe")).toMatchObject({
    unknown:
      "whether everything but arn:aws:kms:*:*:key/* opens the key of alias/ambit/prod/starter/merged/1 too is not known",
  });
});

test.each<[string, readonly Edit[]]>([
  ["verifies alone", [opaMay("kms:Verify", ARN), OPEN]],
  [
    "signs with another key alone",
    [opaMay("kms:Sign", `\${aws_kms_key.${named("aws_kms_key", "PolicyKey_")}.arn}`), OPEN],
  ],
  [
    "starts a task that events do not start any more",
    [
      opaMay("kms:Sign", ARN),
      OPEN,
      { file: REGISTRY, at: "agents/release-scribe/tasks/note/startedBy", set: ["user"] },
    ],
  ],
])("who %s has nothing done by it", (_, edits) => {
  const radius = of(OPA, ...edits);
  expect(radius.identities.map(({ name }) => name)).not.toContain("release-scribe");
  expect(started(radius)).toEqual([]);
});

test("who starts an agent that is suspended has nothing done by it", () => {
  const set = (at: string, to: Edit["set"]): Edit => ({ file: REGISTRY, at, set: to });
  const radius = of(
    STARTER,
    set(`trust/starters/${MERGED}/tasks`, ["press-writer.draft"]),
    set("agents/press-writer/tasks/draft/startedBy", ["event"]),
  );
  expect(radius.identities.map(({ name }) => name)).toEqual([STARTER]);
});

test("a key that the configuration does not hold may be any that it may sign with", () => {
  const alias = "alias/elsewhere";
  const elsewhere: Edit = { file: REGISTRY, at: `trust/starters/${MERGED}/kms`, set: [alias] };
  const unknown = expect.stringContaining(
    `is the key of ${alias} is not known: the configuration does not hold that key`,
  );
  const radius = of(OPA, elsewhere, opaMay("kms:Sign", "arn:aws:kms:eu-central-1:111122223333:key/*"), OPEN);
  expect(radius.reached.find(({ target }) => target === "github")).toMatchObject({ unknown });
  expect(radius.identities.find(({ name }) => name === "release-scribe")).toMatchObject({ unknown });
});

test("what the task hands on is reached behind it", () => {
  const edges = {
    "web-reader.fetch": { actions: "any", data: "any", depth: 1, sensitivity: "public", ttlSeconds: 60 },
  };
  const radius = of(STARTER, { file: REGISTRY, at: "agents/release-scribe/tasks/note/delegates", set: edges });
  expect(radius.reached.find(({ target }) => target === "search")).toMatchObject({ by: "web-reader", hop: 2 });
});
