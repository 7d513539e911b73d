import type { Finding } from "../../../constructs/guardrails/finding";
import { type Judgement, judgeStack } from "../../../constructs/guardrails/judge";
import { findingText, refuseAny } from "../../../constructs/guardrails/refusal";
import type { BlockRule, Severity, Violation } from "../../../constructs/guardrails/rule";
import { egress } from "../../../constructs/guardrails/rules/pod-network/egress";
import { StackJson } from "../../../constructs/guardrails/stack";
import { type BlockBody, textOf, textsOf } from "../../../constructs/guardrails/value";
import type { Acknowledgement, Json } from "../../../domain";
import { fails } from "../../support/domain";

const NOW = new Date("2026-12-01T00:00:00Z");

function ruleOf(id: `AMBIT-${string}`, check: BlockRule["check"], severity: Severity = "high"): BlockRule {
  const text = { what: "it must not be", why: "it is bad", fix: "take it out", standards: [] };
  return { id, severity, ...text, looksAt: ["aws_thing"], check };
}

/** Refuses each colour but grey */
const colours = ruleOf("AMBIT-TEST-COLOUR", ({ body }) => {
  const colour = textOf(body, "colour");
  return colour === undefined || colour === "grey" ? [] : [{ what: "colour", at: "colour", evidence: colour }];
});

const acknowledgement = (colour: string, changes: Partial<Acknowledgement> = {}): Acknowledgement => ({
  finding: "AMBIT-TEST-COLOUR[colour]",
  hash: hashOf({ colour }),
  reason: "a trial of colours",
  owner: "team@acme.example",
  expires: "2027-03-31",
  ...changes,
});

function judged(
  body: BlockBody,
  acknowledged: readonly Acknowledgement[] = [],
  rules: readonly BlockRule[] = [colours],
): Judgement {
  const written = Object.fromEntries(acknowledged.map(({ hash, ...rest }) => [hash, rest]));
  const comment = { metadata: { path: "test/thing" }, acknowledged: written } as unknown as Json;
  return judgeStack(StackJson.of("test", { resource: { aws_thing: { one: { "//": comment, ...body } } } }), {
    rules,
    now: NOW,
  });
}

/** Of the first finding */
function hashOf(body: BlockBody, rules?: readonly BlockRule[]): string {
  return judged(body, [], rules).refused[0]?.hash ?? "";
}

test("a finding names rule, place, path in the tree, value and hash", () => {
  const { refused } = judged({ colour: "red" });
  expect(refused).toMatchObject([
    {
      id: "AMBIT-TEST-COLOUR[colour]",
      stack: "test",
      address: "aws_thing.one",
      path: "test/thing",
      at: "colour",
      evidence: "red",
    },
  ]);
  expect(refused[0]?.hash).toMatch(/^[0-9a-f]{32}$/);
});

test("what is acknowledged is not refused, and is told", () => {
  const { refused, acknowledged, void: ended } = judged({ colour: "red" }, [acknowledgement("red")]);
  expect(refused).toEqual([]);
  expect(ended).toEqual([]);
  expect(acknowledged).toMatchObject([{ finding: { evidence: "red" }, acknowledgement: acknowledgement("red") }]);
});

/** By what is wrong with the acknowledgement: the body, the acknowledgement, and why it is void */
const VOID: readonly (readonly [string, string, Acknowledgement, string])[] = [
  ["its day is today", "red", acknowledgement("red", { expires: "2026-12-01" }), "ended"],
  ["its day is past", "red", acknowledgement("red", { expires: "2026-11-30" }), "ended"],
  ["its day is more than 366 days ahead", "red", acknowledgement("red", { expires: "2027-12-03" }), "too-long"],
  ["the value has changed", "blue", acknowledgement("red"), "changed"],
  ["its hash is that of another value", "red", acknowledgement("blue"), "changed"],
];

test.each(VOID)(
  "fails when %s: the finding is refused, and the acknowledgement is told",
  (_, colour, given, because) => {
    const { refused, acknowledged, void: ended } = judged({ colour }, [given]);
    expect(refused).toHaveLength(1);
    expect(acknowledged).toEqual([]);
    expect(ended).toMatchObject([{ acknowledgement: given, because }]);
  },
);

test("an acknowledgement counts until the day before it ends, at most 366 days ahead", () => {
  for (const expires of ["2026-12-02", "2027-12-02"]) {
    expect(judged({ colour: "red" }, [acknowledgement("red", { expires })]).refused).toEqual([]);
  }
});

test("an acknowledgement without a finding refuses until it is removed", () => {
  expect(judged({ colour: "grey" }, [acknowledgement("red")]).void).toMatchObject([{ because: "unfounded" }]);
});

fails(
  "an acknowledgement is for no finding",
  () => refuseAny(judged({ colour: "grey" }, [acknowledgement("red")]), "stack"),
  "guardrail.violated",
  [
    "stack: guardrails refuse it for 1 reason",
    "  acknowledgement of AMBIT-TEST-COLOUR[colour] at aws_thing.one (team@acme.example, until 2027-03-31) counts for nothing: there is no such finding: remove it",
  ].join("\n"),
);

/** Refuses each of a list of colours, as the same finding */
const eachColour = ruleOf("AMBIT-TEST-COLOUR", ({ body }) =>
  textsOf(body, "colours").map((evidence, index) => ({ what: "colour", at: `colours[${index}]`, evidence })),
);

test("the same finding in two places is one, which names both and their values", () => {
  const { refused } = judged({ colours: ["red", "blue", "red"] }, [], [eachColour]);
  expect(refused).toMatchObject([
    { at: "colours[0]", alsoAt: ["colours[1]", "colours[2]"], evidence: ["red", "blue"] },
  ]);
  expect(findingText(refused[0] as Finding)).toContain(
    'AMBIT-TEST-COLOUR[colour] at aws_thing.one colours[0], colours[1], colours[2] (test/thing)\n    it must not be, got ["red","blue"]\n',
  );
});

test("of a finding in many places, four are written out", () => {
  const { refused } = judged({ colours: ["a", "b", "c", "d", "e"] }, [], [eachColour]);
  expect(findingText(refused[0] as Finding)).toContain(
    "colours[0], colours[1], colours[2], colours[3], … (test/thing)",
  );
});

test("fails when a second place comes to an acknowledged finding", () => {
  const given = acknowledgement("red", { hash: hashOf({ colours: ["red"] }, [eachColour]) });
  expect(judged({ colours: ["red"] }, [given], [eachColour])).toMatchObject({ refused: [], void: [] });
  for (const colours of [
    ["red", "blue"],
    ["red", "red"],
  ]) {
    const { refused, acknowledged, void: ended } = judged({ colours }, [given], [eachColour]);
    expect([refused.length, acknowledged.length, ended[0]?.because]).toEqual([1, 0, "changed"]);
  }
});

test("fails when the value stays and the block around it changes", () => {
  const { refused, void: ended } = judged({ colour: "red", size: 2 }, [acknowledgement("red")]);
  expect([refused.length, ended[0]?.because]).toEqual([1, "changed"]);
});

test("fails when an acknowledgement is copied to another resource with the same body", () => {
  const { hash, ...rest } = acknowledgement("red");
  const thing = { colour: "red", "//": { acknowledged: { [hash]: rest } } };
  const json = { resource: { aws_thing: { one: thing, two: thing } } } as unknown as BlockBody;
  expect(judgeStack(StackJson.of("test", json), { rules: [colours], now: NOW })).toMatchObject({
    refused: [{ address: "aws_thing.two" }],
    acknowledged: [{ finding: { address: "aws_thing.one" } }],
    void: [{ address: "aws_thing.two", because: "changed" }],
  });
});

test("fails when an acknowledgement names the finding of another rule", () => {
  const finding = "AMBIT-TEST-SHADE[colour]";
  const shades = { ...colours, id: "AMBIT-TEST-SHADE" } as const;
  const both = judged({ colour: "red" }, [acknowledgement("red", { finding })], [colours, shades]);
  expect(both.refused.map(({ id }) => id)).toEqual(["AMBIT-TEST-COLOUR[colour]", finding]);
  expect(both.void).toMatchObject([{ because: "changed" }]);
});

/** By what an override wrote below a hash: the value, and what it is told to write instead */
const MALFORMED: readonly (readonly [string, unknown, string])[] = [
  ["has no owner", { ...acknowledgement("red"), owner: undefined }, "owner must be a non-empty string, got nothing"],
  ["has no reason", { ...acknowledgement("red"), reason: " " }, 'reason must be a non-empty string, got " "'],
  [
    "names no one who answers for it",
    { ...acknowledgement("red"), owner: "me" },
    'owner must be a mail address such as "team@acme.example", got "me"',
  ],
  [
    "ends on no day",
    { ...acknowledgement("red"), expires: "2027-02-30" },
    'expires must be an existing day as YYYY-MM-DD, got "2027-02-30": write a date such as "2027-06-30"',
  ],
  [
    "has a misspelt property",
    { ...acknowledgement("red"), ownr: "team@acme.example" },
    'has no property "ownr", did you mean "owner": it takes finding, hash, reason, owner, expires',
  ],
  ["is no object", "yes", 'it must be an object with finding, reason, owner and expires, got "yes"'],
];

test.each(MALFORMED)(
  "fails when what an override wrote as an acknowledgement %s: the finding is refused, and it is told",
  (_, value, why) => {
    const { hash } = acknowledgement("red");
    const { refused, acknowledged, malformed } = commented({ acknowledged: { [hash]: value } });
    expect([refused.length, acknowledged.length]).toEqual([1, 0]);
    expect(malformed).toEqual([{ stack: "test", address: "aws_thing.one", hash, why }]);
  },
);

test.each<[string, object, string]>([
  ["a list", { acknowledged: ["red"] }, 'acknowledged must be an object that has each by its hash, got ["red"]'],
  [
    "a list of comments",
    [{ acknowledged: {} }],
    'acknowledged must be an object that has each by its hash, got [{"acknowledged":{}}]',
  ],
  ["nothing", { acknowledged: null }, "acknowledged must be an object that has each by its hash, got null"],
  ["below another key", { acknowledgements: {} }, "the key must be acknowledged, got acknowledgements"],
])("fails when acknowledgements are written as %s", (_, comment, why) => {
  expect(commented(comment).malformed).toMatchObject([{ hash: "", why }]);
});

fails(
  "a malformed acknowledgement is all that is wrong",
  () => refuseAny(commented({ acknowledged: { ab: { ...acknowledgement("red"), hash: "cd" } } }, "grey"), "stack"),
  "guardrail.violated",
  [
    "stack: guardrails refuse it for 1 reason",
    '  acknowledgement "ab" at aws_thing.one is malformed and counts for nothing: hash must be the 32 hexadecimal digits that the refusal says, got "ab"',
  ].join("\n"),
);

function commented(comment: object, colour = "red"): Judgement {
  const json = { resource: { aws_thing: { one: { colour, "//": comment } } } } as unknown as BlockBody;
  return judgeStack(StackJson.of("test", json), { rules: [colours], now: NOW });
}

test("a rule that cannot decide is a finding", () => {
  const { refused } = judged({ colour: "${var.colour}" });
  expect(refused).toMatchObject([
    {
      id: "AMBIT-TEST-COLOUR[undecided::colour]",
      at: "colour",
      evidence: ["colour is known at apply only", "${var.colour}", expect.stringMatching(/^[0-9a-f]{32}$/)],
    },
  ]);
});

/** What a rule could not decide was acknowledged beside these; then one of them is another */
const AROUND: BlockBody = {
  variable: { colour: { default: "grey" } },
  locals: { shade: "light" },
  data: { aws_colour: { chosen: { source: "${data.aws_paint.base.colour}" } }, aws_paint: { base: { name: "grey" } } },
};

test.each<[string, BlockBody, BlockBody]>([
  ["another attribute", { size: 2 }, {}],
  ["the variable", {}, { variable: { colour: { default: "red" } } }],
  ["a local value", {}, { locals: { shade: "dark" } }],
  [
    "what a data source refers to",
    {},
    { data: { ...(AROUND["data"] as object), aws_paint: { base: { name: "red" } } } },
  ],
])("fails when %s has changed since an undecided finding was acknowledged", (_, body, around) => {
  const at = (changes: BlockBody, others: BlockBody, written?: Json): Judgement => {
    const thing = {
      colour: "${var.colour}",
      by: "${data.aws_colour.chosen.id}",
      "//": { acknowledged: written ?? {} },
    };
    const json = { ...AROUND, ...others, resource: { aws_thing: { one: { ...thing, ...changes } } } } as BlockBody;
    return judgeStack(StackJson.of("test", json), { rules: [colours], now: NOW });
  };
  const { finding: _finding, hash: _hash, ...rest } = acknowledgement("red");
  const [found] = at({}, {}).refused;
  const written = { [found?.hash ?? ""]: { ...rest, finding: found?.id } } as unknown as Json;
  expect(at({}, {}, written)).toMatchObject({ refused: [], void: [], acknowledged: [{}] });
  expect(at(body, around, written)).toMatchObject({ refused: [{}], void: [{ because: "changed" }], acknowledged: [] });
});

test("a text that cannot be read is told by its digest, as it may hold a secret", () => {
  const { refused } = judged({ colour: "password=hunter2 ${var.colour}" });
  expect(JSON.stringify(refused[0]?.evidence)).not.toContain("hunter2");
  expect(refused[0]?.hash).not.toBe(judged({ colour: "password=hunter3 ${var.colour}" }).refused[0]?.hash);
});

test("a rule that breaks is a finding, beside what it found before", () => {
  const broken = ruleOf("AMBIT-TEST-BROKEN", function* (): Generator<Violation> {
    yield { what: "first", at: "", evidence: 1 };
    throw new TypeError("no such thing");
  });
  const { refused } = judged({}, [], [broken]);
  expect(refused.map(({ id, evidence }) => [id, evidence])).toEqual([
    ["AMBIT-TEST-BROKEN[first]", 1],
    [
      "AMBIT-TEST-BROKEN[failed]",
      ["AMBIT-TEST-BROKEN ended with an error: no such thing", expect.stringMatching(/^[0-9a-f]{32}$/)],
    ],
  ]);
});

test("the worst comes first", () => {
  const of = (id: `AMBIT-${string}`, severity: Severity): BlockRule =>
    ruleOf(id, () => [{ what: "x", at: "", evidence: 1 }], severity);
  const rules = [of("AMBIT-A", "low"), of("AMBIT-B", "critical"), of("AMBIT-C", "medium"), of("AMBIT-D", "high")];
  expect(judged({}, [], rules).refused.map(({ rule }) => rule.severity)).toEqual(["critical", "high", "medium", "low"]);
});

test("a rule sees the types that it names alone", () => {
  expect(
    judgeStack(StackJson.of("test", { resource: { aws_other: { one: { colour: "red" } } } }), {
      rules: [colours],
      now: NOW,
    }).refused,
  ).toEqual([]);
});

test("rules that ask the same of a block are asked once, and look at it where the answer is yes", () => {
  const isAbout = jest.fn(({ body }: { readonly body: BlockBody }) => body["colour"] !== undefined);
  const rules = ["AMBIT-TEST-ONE", "AMBIT-TEST-TWO"].map((id) => ({
    ...ruleOf(id as `AMBIT-${string}`, () => [{ what: "colour", at: "colour", evidence: "red" }]),
    isAbout,
  }));
  expect(judged({ colour: "red" }, [], rules).refused.map(({ rule }) => rule.id)).toEqual([
    "AMBIT-TEST-ONE",
    "AMBIT-TEST-TWO",
  ]);
  expect(isAbout).toHaveBeenCalledTimes(1);
  expect(judged({}, [], rules).refused).toEqual([]);
});

test("fails when nothing can be said before a rule looks: the rule looks", () => {
  const isAbout = (): boolean => {
    throw new Error("known at apply only");
  };
  expect(judged({ colour: "red" }, [], [{ ...colours, isAbout }]).refused).toHaveLength(1);
});

test("network policies are judged each by its own rules, also those that share some", () => {
  const policy = (to: readonly BlockBody[]): BlockBody => ({
    metadata: { name: "p" },
    spec: { egress: [{ to }], pod_selector: {}, policy_types: ["Egress"] } as unknown as BlockBody,
  });
  const [named, open] = [[{ pod_selector: { match_labels: { app: "a" } } }], [{ ip_block: { cidr: "0.0.0.0/0" } }]];
  const json = {
    resource: {
      kubernetes_network_policy_v1: { a: policy(named), b: policy(open), c: policy(named), d: policy(open) },
    },
  };
  const stack = StackJson.of("test", json as unknown as BlockBody);
  expect(judgeStack(stack, { rules: [egress], now: NOW }).refused.map(({ address, at }) => [address, at])).toEqual([
    ["kubernetes_network_policy_v1.b", "spec.egress[0].to[0]"],
    ["kubernetes_network_policy_v1.d", "spec.egress[0].to[0]"],
  ]);
});
