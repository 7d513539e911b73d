import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Judgement, judgeStack } from "../../../constructs/guardrails/judge";
import { RULES } from "../../../constructs/guardrails/rules";
import { StackJson } from "../../../constructs/guardrails/stack";
import type { BlockBody } from "../../../constructs/guardrails/value";
import { CLOCK } from "../../support/synth";

/** What was acknowledged, and what became of it */
interface ChangeCase {
  readonly case: string;
  readonly finding: string;
  readonly address: string;
  readonly before: BlockBody;
  readonly after: BlockBody;
}

interface ChangeCases {
  /** What may be more dangerous */
  readonly ends: readonly ChangeCase[];
  /** What changes often, and no danger */
  readonly stays: readonly ChangeCase[];
}

const CASES = JSON.parse(readFileSync(join(__dirname, "../../cases/acknowledged-changes.json"), "utf8")) as ChangeCases;

const WRITTEN = { reason: "a vendor asks for it", owner: "team@acme.example", expires: "2027-03-31" };

/** The judgement after the change, with the acknowledgement of before; of this finding alone */
function judgedAfter({ finding, address, before, after }: ChangeCase): Judgement {
  const [rule = ""] = finding.split("[");
  const rules = RULES.filter(({ id }) => id === rule);
  const judged = (json: BlockBody): Judgement => judgeStack(StackJson.of("test", json), { rules, now: CLOCK.now() });
  const found = judged(before).refused.filter(({ id, address: at }) => id === finding && at === address);
  expect(found).toHaveLength(1);
  const acknowledged = { [found[0]?.hash ?? ""]: { finding, ...WRITTEN } };
  const { refused, ...rest } = judged(withComment(after, address, { acknowledged }));
  return { ...rest, refused: refused.filter(({ id, address: at }) => id === finding && at === address) };
}

/** The block at the address with this comment */
function withComment(json: BlockBody, address: string, comment: object): BlockBody {
  const labels = address.split(".");
  return put(json, labels.length > 2 ? labels : ["resource", ...labels], comment);
}

function put(json: BlockBody, [key, ...others]: readonly string[], comment: object): BlockBody {
  if (key === undefined) return { ...json, "//": comment } as unknown as BlockBody;
  return { ...json, [key]: put(json[key] as BlockBody, others, comment) } as unknown as BlockBody;
}

test.each(CASES.ends.map((each) => [each.case, each] as const))("fails when %s: it is another finding", (_, each) => {
  expect(judgedAfter(each)).toMatchObject({ refused: [{}], acknowledged: [], void: [{ because: "changed" }] });
});

test.each(CASES.stays.map((each) => [each.case, each] as const))("an acknowledgement stays where %s", (_, each) => {
  expect(judgedAfter(each)).toMatchObject({ refused: [], acknowledged: [{}], void: [] });
});
