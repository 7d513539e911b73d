import { readFileSync } from "node:fs";
import { join } from "node:path";
import { estateOf, type Files } from "../../support/review/folders";
import { reviewed } from "../../support/review/reviewed";

interface Case {
  readonly name: string;
  readonly base: object;
  readonly head: object;
  /** How each begins that is told as unknown, as `what: why` */
  readonly told: readonly string[];
}

const CASES = JSON.parse(readFileSync(join(__dirname, "../../cases/review/unread-blocks.json"), "utf8")) as Case[];

/** What is unknown between two folders, of a principal or of none */
function toldOf(base: Files, head: Files): readonly string[] {
  const { unknown, agents, requiresApproval } = reviewed(estateOf(base), estateOf(head));
  const told = [...unknown, ...agents.flatMap((each) => each.unknown)].map(({ what, why }) => `${what}: ${why}`);
  expect(requiresApproval).toBe(told.length > 0);
  return told.sort();
}

const fileOf = (json: object): Files => ({ "main.tf.json": JSON.stringify(json) });

test.each(CASES.map((one) => [one.name, one] as const))("what a review tells of %s", (_, { base, head, told }) => {
  expect(toldOf(fileOf(base), fileOf(head))).toEqual(
    told.map((begin) => expect.stringMatching(`^${begin.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`) as string),
  );
});

const STACK = fileOf({});
const GONE = ["guard.tf", "terraform.tfvars.json", "main_override.tf.json", "guard/main.tf"];

test.each(GONE)("a file %s that is gone may have denied something", (file) => {
  const [told, ...others] = toldOf({ ...STACK, [file]: "{}" }, STACK);
  expect(told).toMatch(/: it could not be read before, and is removed or changed/);
  expect(others).toEqual([]);
});

test("one of two files that is gone is told, and the one that stays is not", () => {
  const told = toldOf({ ...STACK, "a.tf": "", "b.tf": "" }, { ...STACK, "b.tf": "" });
  expect(told).toEqual([expect.stringMatching(/^root: it could not be read before/)]);
});
