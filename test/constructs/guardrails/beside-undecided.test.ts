import fc from "fast-check";
import { judgeStack } from "../../../constructs/guardrails/judge";
import type { BlockRule } from "../../../constructs/guardrails/rule";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import { type BlockBody, blocksOf, flagOf, numberOf, textOf } from "../../../constructs/guardrails/value";
import type { Json } from "../../../domain";
import { depth } from "../../support/depth";
import { CLOCK } from "../../support/synth";

function ruleOf(check: BlockRule["check"]): BlockRule {
  const text = { what: "it must not be", why: "it is bad", fix: "take it out", standards: [] };
  return { id: "AMBIT-TEST-RULE", severity: "high", ...text, looksAt: ["aws_thing"], check };
}

const about = (id: string): BlockRule => RULES.find((rule) => rule.id === id) as BlockRule;

/** What stands in brackets in the ids of the findings of a block, and their evidence */
function found(rule: BlockRule, body: BlockBody, type = "aws_thing"): readonly (readonly [string, Json])[] {
  const stack = StackJson.of("test", { resource: { [type]: { one: body as Json } } });
  const { refused } = judgeStack(stack, { rules: [rule], now: CLOCK.now() });
  return refused.map(({ what, evidence }) => [what, evidence]);
}

const whats = (...given: Parameters<typeof found>): readonly string[] =>
  found(...given)
    .map(([what]) => what)
    .sort();

/** Refuses red, and what is thin or unlocked; left out, a thing is red and unlocked */
const things = ruleOf(function* ({ body }) {
  if ((textOf(body, "colour") ?? "red") === "red")
    yield { what: "colour", at: "colour", evidence: body["colour"] ?? null };
  if ((numberOf(body, "width") ?? 5) < 3) yield { what: "width", at: "width", evidence: body["width"] ?? null };
  if (flagOf(body, "locked") !== true) yield { what: "locked", at: "locked", evidence: body["locked"] ?? null };
  for (const part of blocksOf(body, "part"))
    if (textOf(part, "colour", "part.colour") === "red")
      yield { what: "part", at: "part", evidence: part["size"] ?? null };
});

const [C, W, L, P] = ["undecided::colour", "undecided::width", "undecided::locked", "undecided::part.colour"];

/** A block, and all that is told of it */
test.each<[string, BlockBody, readonly string[]]>([
  ["nothing is unknown", { colour: "red", width: 1 }, ["colour", "locked", "width"]],
  ["one value is", { colour: "${var.a}", width: 1, locked: false }, [C as string, "locked", "width"]],
  ["a finding would depend on it", { colour: "grey", locked: "${var.a}" }, [L as string]],
  [
    "several are, of each kind",
    { colour: "${var.a}", width: "${var.b}", locked: "${var.c}", part: [{ colour: "red" }, { colour: "${var.a}" }] },
    [C as string, L as string, P as string, W as string, "part"],
  ],
  [
    "the same expression stands in two attributes",
    { colour: "${var.a}", locked: true, part: { colour: "${var.a}" } },
    [C as string, P as string],
  ],
  [
    "blocks are, beside one that is written",
    {
      colour: "grey",
      locked: true,
      part: [{ colour: "red" }],
      dynamic: { part: { for_each: "${var.a}", content: {} } },
    },
    ["part", "undecided::part"],
  ],
  [
    "a whole list of blocks is",
    { colour: "grey", locked: "false", part: "${var.parts}" },
    ["locked", "undecided::part"],
  ],
  ["a value is no flag", { colour: "grey", locked: "maybe", part: { colour: "red" } }, [L as string, "part"]],
])("fails when %s: the rest is told too", (_, body, expected) => {
  expect(whats(things, body)).toEqual([...expected].sort());
});

test("what is told beside an unknown value is as it is written", () => {
  const told = found(things, { colour: "${var.a}", width: "2", locked: true });
  expect(told.find(([what]) => what === "width")).toEqual(["width", "2"]);
});

test("a rule that breaks by a value in the place of an unknown one tells what it could not decide alone", () => {
  const brittle = ruleOf(function* ({ body }) {
    textOf(body, "colour");
    yield { what: (body["colour"] as { length: number }).length > 0 ? "long" : "short", at: "", evidence: null };
    throw new TypeError("no such thing");
  });
  expect(whats(brittle, { colour: "${var.a}" })).toEqual(["undecided::colour"]);
});

test("a rule that asks without end ends", () => {
  let asked = 0;
  const endless = ruleOf(function* ({ body }) {
    yield* [];
    textOf({ colour: `\${var.a${asked++}}${String(body["width"])}` }, "colour");
  });
  expect(whats(endless, { colour: "${var.a}" })).toEqual(["undecided::colour"]);
  expect(asked).toBeLessThan(1_000);
});

test("a text within a text is unknown by itself", () => {
  const config = "apiVersion: v1\nkind: Pod\nspec: { hostNetwork: true, hostPID: ${var.a} }\n";
  const rule = ruleOf(function* ({ body }) {
    const text = String(body["config"]);
    const [, flag] = /hostPID: (\S+)/.exec(text) ?? [];
    if (flagOf({ flag: flag ?? null }, "flag", "config.hostPID") === true)
      yield { what: "pid", at: "", evidence: null };
    if (text.includes("hostNetwork: true")) yield { what: "network", at: "", evidence: null };
  });
  expect(whats(rule, { config })).toEqual(["network", "undecided::config.hostPID"]);
});

/** Ranges of a security group: open, closed and unknown ones */
const range = fc.constantFrom("0.0.0.0/0", "203.0.113.0/24", "::/0", "${var.a}", "${var.b}");

test("of any rules of a security group, each open range and each unknown one is told", () => {
  const isOpen = (each: string): boolean => each.endsWith("/0");
  fc.assert(
    fc.property(fc.array(fc.array(range, { maxLength: 3 }), { maxLength: 4 }), (groups) => {
      const told = whats(
        about("AMBIT-NETWORK-INGRESS"),
        { ingress: groups.map((cidr_blocks) => ({ cidr_blocks, from_port: 443 })) },
        "aws_security_group",
      );
      const ranges = groups.flat();
      const places = groups.flatMap((each, outer) =>
        each.flatMap((text, inner) =>
          text.startsWith("$") ? [`undecided::ingress[${outer}].cidr_blocks[${inner}]`] : [],
        ),
      );
      expect(new Set(told.filter((what) => what.startsWith("ingress::")))).toEqual(
        new Set(ranges.filter(isOpen).map((each) => `ingress::${each}`)),
      );
      expect(told.filter((what) => what.startsWith("undecided::"))).toEqual(places.sort());
    }),
    { numRuns: depth(300, 40) },
  );
});
