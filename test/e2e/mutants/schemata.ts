import ts from "typescript";
import type { Change } from "./change";
import { changeOf } from "./change";
import type { Mutant } from "./mutant";

/** Function of the tests' global object: is this the mutant that is tried? */
export const SWITCH = "isMutant";

export function parsed(text: string, path: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
}

/** What keeps a text from being read, if anything */
export function syntaxProblem(text: string): string | undefined {
  const { parseDiagnostics } = parsed(text, "switched.ts") as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.Diagnostic[];
  };
  const [first] = parseDiagnostics;
  if (first === undefined) return undefined;
  const { start = 0, messageText } = first;
  return `${ts.flattenDiagnosticMessageText(messageText, " ")} at ${text.slice(start, start + 120)}`;
}

/** The text of a file with one mutant in it */
export function mutated(text: string, { start, end, mutated }: Change): string {
  return text.slice(0, start) + mutated + text.slice(end);
}

interface Switched extends Change {
  readonly id: string;
}

/** The text of a file with all of its mutants in it, each behind a switch */
export function withSwitches(text: string, mutants: readonly Mutant[]): string {
  const file = parsed(text, mutants[0]?.file ?? "");
  const changes = mutants.map((mutant): Switched => ({ ...changeOf(file, mutant), id: mutant.name }));
  // Outer ones first: they hold the inner ones.
  changes.sort((one, other) => one.start - other.start || other.end - one.end);
  return rendered(text, 0, text.length, changes);
}

function rendered(text: string, from: number, to: number, changes: readonly Switched[]): string {
  const [outer, ...rest] = changes;
  if (outer === undefined) return text.slice(from, to);
  const inside = rest.filter(({ end }) => end <= outer.end && outer.end > outer.start);
  const after = rest.filter((one) => !inside.includes(one));
  const original = rendered(text, outer.start, outer.end, inside);
  return text.slice(from, outer.start) + chosen(outer, original) + rendered(text, outer.end, to, after);
}

function chosen({ id, mutated, kind }: Switched, original: string): string {
  const isMutant = `${SWITCH}(${JSON.stringify(id)})`;
  if (kind === "first") return ` if (${isMutant}) ${mutated}`;
  if (kind === "statement") return `if (!${isMutant}) { ${original} }`;
  return `(${isMutant} ? (${mutated}) : (${original}))`;
}
