import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { OBSERVABLE, type PolicyDocument, REASONS } from "../../../domain";
import { type Edit, edited, read } from "./edit";
import { examplePolicy, policyWith } from "./policy";

/** A request, the policy that decides on it, and what must come out */
export interface DecisionCase {
  /** Name of its file, without `.json` */
  readonly file: string;
  readonly name: string;
  /** Of the contract, but in the file `contract` */
  readonly input: unknown;
  /** The same object wherever the same is declared */
  readonly policy: PolicyDocument;
  /** Of the policy; 0 where it has none */
  readonly revision: number;
  readonly expected: Expected;
}

interface Expected {
  readonly decision: "allow" | "deny";
  readonly reasons: readonly string[];
  readonly observed: readonly string[];
}

/**
 * A case as it is written. `change` and `policy` are edits by path, keys joined by `/` (see {@link edited} and {@link read});
 * `input` stands for a request that has no base.
 */
export interface Written {
  readonly name: string;
  readonly base?: string;
  readonly input?: unknown;
  readonly change?: Readonly<Record<string, unknown>>;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly revision?: number;
  readonly decision: "allow" | "deny";
  readonly reasons: readonly string[];
  readonly observed?: readonly string[];
}

/** A request that is allowed: written out, or another one with edits */
type Base = { readonly input: unknown } | { readonly base: string; readonly change: Written["change"] };

const FOLDER = join(__dirname, "../../cases/decisions");
const BASES = "bases";
const FIELDS = ["name", "base", "input", "change", "policy", "revision", "decision", "reasons", "observed"];
/** What the requests of the bases have seen, and the policy's unless a case says otherwise */
const REVISION = 7;

/**
 * Every hand-written case, and that each base is allowed.
 *
 * @throws Error where one is not written well
 */
export function decisionCases(): readonly DecisionCase[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));
  const written = files.filter((file) => file !== `${BASES}.json`).sort();
  const cases = [...baseCases(), ...written.flatMap(casesOf)];
  const names = cases.map(({ file, name }) => `${file}: ${name}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two cases have one name: ${twice}`);
  return cases;
}

/** The requests that are allowed, by name */
export const bases: ReadonlyMap<string, unknown> = basesIn(`${BASES}.json`);

function basesIn(file: string): ReadonlyMap<string, unknown> {
  const inputs = new Map<string, unknown>();
  for (const [name, base] of Object.entries(parsed(file) as Record<string, Base>)) {
    const where = `${file}: ${name}`;
    inputs.set(name, "input" in base ? read(base.input) : changed(known(inputs, base.base, where), base.change, where));
  }
  return inputs;
}

function baseCases(): readonly DecisionCase[] {
  const expected = { decision: "allow", reasons: [], observed: [] } as const;
  return [...bases].map(([name, input]) => ({
    file: BASES,
    name,
    input,
    policy: examplePolicy,
    revision: REVISION,
    expected,
  }));
}

function casesOf(file: string): readonly DecisionCase[] {
  return (parsed(file) as readonly Written[]).map((written) => caseOf(basename(file, ".json"), written));
}

/** @throws Error where the case is not written well */
export function caseOf(file: string, written: Written): DecisionCase {
  const where = `${file}: ${written.name}`;
  const unknown = Object.keys(written).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw new Error(`${where}: ${unknown} is unknown: write one of ${FIELDS.join(", ")}`);
  return {
    file,
    name: written.name,
    input: inputOf(written, where),
    policy: policyWith(written.policy ?? {}, where),
    revision: written.revision ?? REVISION,
    expected: expectedOf(written, where),
  };
}

function inputOf({ base, input, change }: Written, where: string): unknown {
  if ((base === undefined) === (input === undefined)) throw new Error(`${where}: write either base or input`);
  return base === undefined ? read(input) : changed(known(bases, base, where), change, where);
}

function known(inputs: ReadonlyMap<string, unknown>, name: string, where: string): unknown {
  if (!inputs.has(name))
    throw new Error(`${where}: no such base: ${name}, name one of ${[...inputs.keys()].join(", ")}`);
  return inputs.get(name);
}

function changed(input: unknown, change: Written["change"], where: string): unknown {
  const edits = Object.entries(change ?? {}).map(([path, value]): Edit => [path.split("/"), value]);
  return edited(input, edits, where);
}

function expectedOf({ decision, reasons, observed = [] }: Written, where: string): Expected {
  for (const codes of [reasons, observed]) {
    const sorted = [...new Set(codes)].sort();
    if (codes.join() !== sorted.join()) throw new Error(`${where}: codes must be sorted: write ${sorted.join(", ")}`);
    const unknown = codes.find((code) => !Object.hasOwn(REASONS, code));
    if (unknown !== undefined) throw new Error(`${where}: no such reason: ${unknown}`);
  }
  const enforced = observed.find((code) => !(OBSERVABLE as readonly string[]).includes(code));
  if (enforced !== undefined) throw new Error(`${where}: ${enforced} is never only observed`);
  if ((decision === "allow") !== (reasons.length === 0))
    throw new Error(`${where}: ${decision} contradicts its reasons`);
  if (decision === "deny" && observed.length > 0) throw new Error(`${where}: what is denied names nothing observed`);
  return { decision, reasons, observed };
}

function parsed(file: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, file), "utf8"));
}
