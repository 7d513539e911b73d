import { printable } from "../../../domain/printable";
import { wrappedLines } from "../../../domain/wrapped-lines";
import { countText } from "../../../review/report/text-parts";
import type { TerminalOptions } from "../../../review/report/review-text";
import type { Comparison } from "../live/comparison";
import type { InUse, Narrowing, Reasoned, Told } from "../live/narrowing";
import type { Orphan } from "../live/placement";

/** What differs, and a diff of the declaration for each task with unused accesses */
export function comparisonText(comparison: Comparison, { columns, paint }: TerminalOptions): string {
  const { at, unusedDays, undeclared, orphans, otherPlatforms, missing, narrowings, used, unknown } = comparison;
  const notAsked = Object.entries(comparison.notAsked).map(([source, why]) => `${source}: ${why}`);
  const listed = (title: string, texts: readonly string[]): readonly string[] =>
    texts.length === 0
      ? []
      : ["", paint.bold(title), ...texts.flatMap((text) => wrappedLines(printable(text), "  ", "    ", columns))];
  const unused = narrowings.flatMap((one) => one.unused);
  const sentence = [
    `declared and deployed, compared at ${at}: ${countText(undeclared.length, "undeclared agent", "undeclared agents")}`,
    countText(orphans.length, "orphan", "orphans"),
    `${missing.length} missing`,
    `${countText(unused.length, "access", "accesses")} without use in ${countText(unusedDays, "day", "days")}`,
    `${used.length} in use`,
    `${unknown.length} of which the use is not known`,
  ].join(", ");
  return [
    ...wrappedLines(sentence, "", "", columns).map(paint.bold),
    ...listed("not asked, and so not known", notAsked),
    ...listed("agents that are not declared", undeclared),
    ...listed(
      "orphans: deployed, and not declared so",
      orphans.map((orphan) => `${orphan.kind} ${orphan.name}: ${orphan.because}${useOf(orphan)}`),
    ),
    ...listed(
      "other platforms of the account: compare them with their own folders",
      otherPlatforms.map(({ path, roles }) => `${path}: ${countText(roles, "role", "roles")}`),
    ),
    ...listed(
      "missing: declared, and not deployed",
      missing.map(({ kind, name, agent }) => `${kind} ${name} of ${agent}`),
    ),
    ...(narrowings.length === 0 ? [] : ["", paint.bold("proposed narrowing: look when each was declared first")]),
    ...narrowings.flatMap((one) => [
      ...wrappedLines(printable(headOf(one)), "  ", "    ", columns),
      ...one.unused.flatMap((access) => wrappedLines(printable(reasonOf(access)), "    ", "      ", columns)),
      paint.red(`  - ${printable(one.before)},`),
      paint.green(`  + ${printable(one.after)},`),
    ]),
    ...listed("in use, by sessions of the role", used.map(inUse)),
    ...listed("use not known", grouped(unknown.filter(({ because }) => because !== comparison.notAsked.aws))),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

function headOf({ agent, task, declaredAt }: Narrowing): string {
  const place = declaredAt === undefined ? "declared at an unknown line" : `${declaredAt.file}:${declaredAt.line}`;
  return `${place}: agent ${agent}, task ${task}`;
}

function useOf({ lastUsed }: Orphan): string {
  if (lastUsed === undefined) return "";
  return lastUsed === null ? ", not used in 400 days" : `, last used ${lastUsed.slice(0, "YYYY-MM-DD".length)}`;
}

function reasonOf({ data, access, by, because }: Told): string {
  return `${data}:${access}: ${because} (${by})`;
}

function inUse({ agent, task, data, access, by, lastUsed }: InUse): string {
  return `${agent}, task ${task}: ${data}:${access}: last ${lastUsed.slice(0, "YYYY-MM-DD".length)} (${by})`;
}

/** A line for each task and reason: of most accesses the same is not known. */
function grouped(unknown: readonly Reasoned[]): readonly string[] {
  const lines = new Map<string, { readonly head: string; readonly accesses: string[]; readonly because: string }>();
  for (const { agent, task, data, access, because } of unknown) {
    const key = JSON.stringify([agent, task, because]);
    const line = lines.get(key) ?? { head: `${agent}, task ${task}`, accesses: [], because };
    line.accesses.push(`${data}:${access}`);
    lines.set(key, line);
  }
  return [...lines.values()].map(({ head, accesses, because }) => `${head}: ${accesses.join(", ")}: ${because}`);
}
