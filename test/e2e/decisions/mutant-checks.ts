import { REASONS } from "../../../domain";
import { caseThatFails } from "../../support/decisions/mutants";
import type { Check, Suite } from "../harness/suite";
import { EditableOpa, regoSources } from "./editable-opa";

const CODES = Object.keys(REASONS).filter((code) => !/^(input|engine)\./.test(code));
/** Who may ask, what is logged, rules of others, and shapes, which callers check before: no row of the table */
const NO_RULES = ["authz.rego", "custom.rego", "mask.rego", "shape.rego"];
/** Bounds that may stand one beside where they do: nothing softened is then noted, and a revision of 0 is none */
const EQUIVALENT = ["count(softened) > 0", "data.ambit.revision.number >= 0"];
const FLIPPED: Readonly<Record<string, string>> = { ">=": ">", ">": ">=", "<=": "<", "<": "<=" };

/** A file of rules in which one is missing, or off by one */
interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** Cases that name it are the first to be asked; empty where none is known */
  readonly code: string;
}

/** Takes each rule out of OPA, and moves each of its bounds by one: some hand-written case must notice. Cedar's are moved in jest. */
export function mutantChecks(suite: Suite, opa: Check<string>): void {
  const served = suite.check("mutants: OPA answers every case with all its rules", [opa], async ([program]) => {
    const started = await EditableOpa.start(suite, program);
    const failing = await caseThatFails("", (one) => started.decide(one));
    if (failing !== undefined) throw new Error(`${failing.file}: ${failing.name}`);
    return started;
  });

  suite.check("mutants: a case notices each rule taken out of OPA", [served], ([started], note) =>
    allNoticed(started, CODES.map(withoutRule), note),
  );
  suite.check("mutants: a case notices each bound of OPA moved by one", [served], ([started], note) =>
    allNoticed(started, movedBounds(), note),
  );
}

async function allNoticed(opa: EditableOpa, mutants: readonly Mutant[], note: (text: string) => void): Promise<void> {
  const unnoticed: string[] = [];
  for (const { name, file, text, code } of mutants) {
    await opa.putSource(file, text);
    if ((await caseThatFails(code, (one) => opa.decide(one))) === undefined) unnoticed.push(name);
    await opa.putSource(file, regoSources().get(file) as string);
  }
  note(`${mutants.length} mutants`);
  if (unnoticed.length > 0) throw new Error(`no case fails, write one: ${unnoticed.join("; ")}`);
}

/** The file that refuses with the code, without the one rule that does */
function withoutRule(code: string): Mutant {
  const rule = new RegExp(`^\\w+ contains "${code.replace(".", "\\.")}" if (?:\\{\\n(?:.*\\n)*?\\}|[^{\\n]*)$`, "gm");
  const found = [...regoSources()].flatMap(([file, text]) =>
    [...text.matchAll(rule)].map(([all]) => ({ file, text, all })),
  );
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${code} must have one rule, found ${found.length}`);
  return { name: code, file: first.file, text: first.text.replace(first.all, () => ""), code };
}

function movedBounds(): readonly Mutant[] {
  return [...regoSources()]
    .filter(([file]) => !NO_RULES.includes(file))
    .flatMap(([file, text]) =>
      [...withoutEquivalent(text).matchAll(/(?<= )[<>]=?(?= )/g)].map(({ 0: bound, index }) => ({
        name: `${file}:${text.slice(0, index).split("\n").length}`,
        file,
        text: `${text.slice(0, index)}${FLIPPED[bound]}${text.slice(index + bound.length)}`,
        code: [...text.slice(0, index).matchAll(/ contains "([a-z.-]+)" if/g)].at(-1)?.[1] ?? "",
      })),
    );
}

/** The text with its equivalent bounds blanked, at its length */
function withoutEquivalent(text: string): string {
  return EQUIVALENT.reduce((rest, bound) => rest.replace(bound, "_".repeat(bound.length)), text);
}
