import fc from "fast-check";
import { CHANGE_KINDS, type Change, type ChangeSource } from "../../../review/change";
import { sarifReport, synthesizedFile } from "../../../review/report/sarif";
import type { Review } from "../../../review/review";
import { sarifErrors } from "../../support/sarif-schema";
import { anyReview, HOSTILE, twoOrders } from "./arbitrary-review";
import { AGENT, EXAMPLE, NOTHING } from "./example-review";
import { expectedReport } from "./expected";
import { unseenLines } from "./unseen";
import "../../support/depth";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly [
    {
      readonly physicalLocation: {
        readonly artifactLocation: { readonly uri: string };
        readonly region?: { readonly startLine: number };
      };
      readonly logicalLocations: readonly [{ readonly fullyQualifiedName: string }];
    },
  ];
  readonly relatedLocations?: readonly { readonly message: { readonly text: string } }[];
  readonly partialFingerprints: { readonly primaryLocationLineHash: string };
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly version?: string;
      readonly rules: readonly { readonly id: string; readonly defaultConfiguration: { readonly level: string } }[];
    };
  };
  readonly invocations: readonly [
    { readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[] },
  ];
  readonly results: readonly Result[];
}

const runOf = (text: string): Run => (JSON.parse(text) as { readonly runs: readonly [Run] }).runs[0];
const resultsOf = (review: Review): readonly Result[] => runOf(sarifReport(review)).results;

const change = (what: string, source: ChangeSource = { address: "x" }): Change => ({
  kind: "action",
  what,
  witness: "w",
  source,
});

const only = (source: ChangeSource, what = "a"): Result =>
  resultsOf({ ...NOTHING, undeclared: [change(what, source)] })[0] as Result;

test("the whole example", () => {
  expect(sarifReport(EXAMPLE, { version: "0.1.0" })).toBe(expectedReport("sarif.txt"));
});

test("a review without changes is a run without results", () => {
  expect(sarifErrors(sarifReport(NOTHING))).toEqual([]);
  expect(resultsOf(NOTHING)).toEqual([]);
});

test("the schema refuses what is no SARIF", () => {
  expect(sarifErrors('{ "version": "2.1.0", "runs": [{}] }')).toEqual(["/runs/0 must have required property 'tool'"]);
});

test("there is a rule for each kind and each other finding, also where none was found", () => {
  const ids = runOf(sarifReport(NOTHING)).tool.driver.rules.map(({ id }) => id);
  const others = ["unknown", "combination", "undeclared", "ungranted"];
  expect(ids).toEqual([...CHANGE_KINDS, ...others].map((kind) => `ambit/${kind}`));
});

test("identities and restrictions are errors, the rest are warnings", () => {
  const { rules } = runOf(sarifReport(NOTHING)).tool.driver;
  const errors = rules.filter(({ defaultConfiguration }) => defaultConfiguration.level === "error");
  expect(errors.map(({ id }) => id).sort()).toEqual([
    "ambit/approval",
    "ambit/boundary",
    "ambit/combination",
    "ambit/enforcement",
    "ambit/identity",
    "ambit/trust",
  ]);
});

test("a loss is no result", () => {
  const agent = { ...AGENT, losses: [change("less")] };
  expect(resultsOf({ ...NOTHING, agents: [agent] })).toEqual([]);
});

describe("a result stands", () => {
  test("at the line of the declaration", () => {
    const [{ physicalLocation, logicalLocations }] = only({ address: "a/b.c", file: "fleet/a.ts", line: 9 }).locations;
    expect(physicalLocation).toEqual({ artifactLocation: { uri: "fleet/a.ts" }, region: { startLine: 9 } });
    expect(logicalLocations[0].fullyQualifiedName).toBe("a/b.c");
  });

  test("in the file where no line is known, and in that of its stack where no file is", () => {
    expect(only({ address: "a/b.c", file: "stacks/a/cdk.tf.json" }).locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "stacks/a/cdk.tf.json" },
    });
    expect(only({ address: "a/b.c" }).locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "stacks/a/cdk.tf.json" },
    });
  });

  test.each([0, -1, 1.5, NaN, 1e300])("in no line %d", (line) => {
    expect(only({ address: "a", file: "a.ts", line }).locations[0].physicalLocation.region).toBeUndefined();
  });

  test.each([
    ["../../etc/passwd", "etc/passwd"],
    ["/etc/passwd", "etc/passwd"],
    ["//evil.example/x", "evil.example/x"],
    ["https://evil.example/x", "https%3A/evil.example/x"],
    ["javascript:alert(1)", "javascript%3Aalert(1)"],
    ["C:\\windows\\x", "C%3A/windows/x"],
    ["a b?c#d", "a%20b%3Fc%23d"],
    ["half \ud800", "half%20%5Cu%7Bd800%7D"],
    ["", "unknown"],
    ["../..", "unknown"],
  ])("below the root where the file is %j", (file, uri) => {
    expect(only({ address: "a", file }).locations[0].physicalLocation.artifactLocation.uri).toBe(uri);
  });
});

test.each([
  ["registry/agents.a.tasks.b", "ambit/registry.json"],
  ["agents/aws_iam_role.a.policy", "stacks/agents/cdk.tf.json"],
  ["infra/aws_iam_role.a", "live/infra/main.tf.json"],
  ["root/aws_iam_role.a", "a.tf.json"],
  ["gone/aws_iam_role.a", "stacks/gone/cdk.tf.json"],
  ["", "stacks//cdk.tf.json"],
])("%j is from %s", (address, file) => {
  const files = [
    "stacks/agents/cdk.tf.json",
    "live/infra/z.tf.json",
    "live/infra/main.tf.json",
    "b.tf.json",
    "a.tf.json",
  ];
  expect(synthesizedFile(address, files)).toBe(file);
});

describe("a combination", () => {
  const parts = [{ what: "reads", source: { address: "registry/tools.a", file: "fleet/tools.ts", line: 3 } }];
  const of = (isNew: boolean): Result => {
    const agent = { ...AGENT, combinations: [{ code: "exfiltration", what: "all", parts, isNew }] };
    return resultsOf({ ...NOTHING, agents: [agent] })[0] as Result;
  };

  test("is an error when it is new, and a note when it stands", () => {
    expect([of(true).level, of(false).level]).toEqual(["error", "note"]);
    expect(of(true).ruleId).toBe("ambit/combination");
  });

  test("says what it is made of, and where each part is", () => {
    expect(of(true).message.text).toBe("agent gains a combination, exfiltration: all. Together: reads.");
    expect(of(true).relatedLocations?.map(({ message }) => message.text)).toEqual(["reads"]);
    expect(of(true).locations[0].physicalLocation.artifactLocation.uri).toBe("fleet/tools.ts");
  });

  test("is the same alert when it stands", () => {
    expect(of(true).partialFingerprints).toEqual(of(false).partialFingerprints);
  });
});

test("what is not declared, or not granted, is a warning of its own, and of each resource another one", () => {
  const trust: Change = { ...change("a"), kind: "trust" };
  const at = (address: string): Change => ({ ...trust, source: { address } });
  const results = resultsOf({ ...NOTHING, undeclared: [at("x"), at("y")], ungranted: [at("x")] });
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["ambit/undeclared", "warning"],
    ["ambit/undeclared", "warning"],
    ["ambit/ungranted", "warning"],
  ]);
  expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash)).size).toBe(3);
});

describe("a fingerprint", () => {
  const hash = (result: Result): string => result.partialFingerprints.primaryLocationLineHash;

  test("does not change where a line moves", () => {
    const [one, other] = [3, 300].map((line) => hash(only({ address: "a", file: "a.ts", line })));
    expect(one).toBe(other);
  });

  test("is another for another access, agent or rule", () => {
    const agent = (id: string, what: string) => ({ ...AGENT, id, gains: [change(what)] });
    const trust: Change = { ...change("a"), kind: "trust" };
    const agents = [agent("a", "a"), agent("b", "a"), agent("c", "b"), { ...agent("a,b", "a"), gains: [trust] }];
    const results = resultsOf({ ...NOTHING, agents, undeclared: [change("a")] });
    expect(new Set(results.map(hash)).size).toBe(5);
  });
});

describe("a message", () => {
  test("says who gains what, and an example", () => {
    expect(resultsOf(EXAMPLE)[1]?.message.text).toBe(
      "support-triage gains trust: agents/aws_iam_role.support-triage may be assumed by " +
        "AWS:arn:aws:iam::111122223333:root (sts:AssumeRole). For example: " +
        "AWS:arn:aws:iam::111122223333:root: sts:AssumeRole on arn:aws:iam::444455556666:role/support-triage.",
    );
  });

  test("names the principal of an unknown, and the reason", () => {
    const unknown = resultsOf(EXAMPLE).filter(({ ruleId }) => ruleId === "ambit/unknown");
    expect(unknown.map(({ message }) => message.text)).toEqual([
      "What a principal gains cannot be decided: agents/aws_iam_policy.shared.policy, because file(…) is read when it is applied.",
      "What support-triage gains cannot be decided: kms:Decrypt on ${var.key}, because it depends on ${var.key}, which has no default.",
    ]);
  });

  test.each(HOSTILE)("%j makes no link and hides nothing", (text) => {
    const report = sarifReport({ ...NOTHING, undeclared: [change(text, { address: text, file: text })] });
    expect(runOf(report).results[0]?.message.text).not.toContain("](");
    expect(unseenLines(report)).toEqual([]);
    expect(sarifErrors(report)).toEqual([]);
  });
});

test("more results than a run may have are cut, the least important first, and the cut is counted", () => {
  const many = [...Array(25_000).keys()].map((index) => change(`action ${index}`));
  const agents = [{ ...AGENT, gains: [{ ...change("z"), kind: "trust" } as const] }];
  const run = runOf(sarifReport({ ...NOTHING, agents, undeclared: many }));
  expect(run.results).toHaveLength(25_000);
  expect(run.results[0]?.ruleId).toBe("ambit/trust");
  expect(run.invocations[0].toolExecutionNotifications.map(({ message }) => message.text)).toEqual([
    "Left out: 1 of 25001 results, the least important.",
  ]);
});

test("for any review, it is SARIF, with a result for all but losses", () => {
  fc.assert(
    fc.property(anyReview, (review) => {
      const report = sarifReport(review, { version: "0.1.0" });
      expect(sarifErrors(report)).toEqual([]);
      const { results, tool } = runOf(report);
      const count = review.agents.reduce(
        (sum, { gains, unknown, combinations }) => sum + gains.length + unknown.length + combinations.length,
        review.undeclared.length + review.ungranted.length + review.unknown.length,
      );
      expect(results).toHaveLength(count);
      expect(results.filter(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id !== ruleId)).toEqual([]);
    }),
  );
});

test("the order of the review does not matter", () => {
  fc.assert(fc.property(twoOrders, ([one, other]) => expect(sarifReport(other)).toBe(sarifReport(one))));
});
