import type { StepName, StillWorks } from "../../runtime/kill-switch/result";
import { printable, table } from "../terminal";

/** What came of one step, or why it was not asked for */
export interface Step {
  readonly step: StepName;
  readonly outcome: "done" | "failed" | "not asked" | "not needed";
  /** How often it was tried */
  readonly tries: number;
  readonly what: string;
}

export interface Stopped {
  /** Of what is stopped, as `id` */
  readonly kind: string;
  readonly id: string;
  readonly steps: readonly Step[];
  readonly horizon: readonly StillWorks[];
  /** Whole seconds since the epoch */
  readonly at: number;
}

/** What still works while a step is not done, and what does the same by hand */
const UNTIL_DONE: Readonly<Record<StepName, string>> = {
  exchange: "exchange and gateway go on with it: tokens, calls and AWS credentials are given until it is revoked there",
  aws: "AWS sessions that it was given work to their end; where the exchange has not revoked it, new ones are given",
  "kill-list": "new pods of it start, without anything where exchange and AWS deny it",
};

const NOT_DONE: readonly Step["outcome"][] = ["failed", "not asked"];

export function isWhole({ steps }: Pick<Stopped, "steps">): boolean {
  return steps.every(({ outcome }) => !NOT_DONE.includes(outcome));
}

/** Whether anything refuses it now */
export function isAnythingDone({ steps }: Pick<Stopped, "steps">): boolean {
  return steps.some(({ outcome }) => outcome === "done");
}

const UNDECLARED = /\brevocation\.target-unknown\b/;
/** Kinds whose names no exchange can check, so that a misspelt one looks stopped */
const UNCHECKED: Readonly<Record<string, string>> = {
  session: "session's id",
  token: "token's id",
  user: "user's subject",
};

/** Whether the exchange says that it knows no such target */
export function isUndeclared(steps: readonly Step[]): boolean {
  return steps.some(({ step, outcome, what }) => step === "exchange" && outcome === "failed" && UNDECLARED.test(what));
}

/** An unknown name may be on the list of killed agents: that stops nothing. */
export function declared(steps: readonly Step[]): readonly Step[] {
  if (!isUndeclared(steps)) return steps;
  return steps.map((each) => {
    if (each.step !== "kill-list" || each.outcome !== "done") return each;
    return { ...each, outcome: "failed", what: "the name is on the list, and no declared agent has it: take it off" };
  });
}

/** Of two reports of a step the one that did it */
export function merged(one: readonly Step[], other: readonly Step[]): readonly Step[] {
  const rank: readonly Step["outcome"][] = ["done", "not needed", "failed", "not asked"];
  return one.map((step) => {
    const second = other.find((each) => each.step === step.step);
    return second !== undefined && rank.indexOf(second.outcome) < rank.indexOf(step.outcome) ? second : step;
  });
}

export function lines(stopped: Stopped): string {
  const rows = stopped.steps.map(({ step, outcome, tries, what }) => [
    step,
    outcome === "done" && tries > 1 ? `done at try ${tries}` : outcome === "failed" ? `failed ${tries}×` : outcome,
    printable(what),
  ]);
  if (isUndeclared(stopped.steps)) return `${undeclaredLine(stopped)}${table(rows)}`;
  const undone = stopped.steps
    .filter(({ outcome }) => NOT_DONE.includes(outcome))
    .map(({ step }) => `! ${step}: ${UNTIL_DONE[step]}\n`);
  return [table(rows), uncheckedLine(stopped), ...undone, horizonLines(stopped)].join("");
}

function undeclaredLine({ kind, id, steps }: Stopped): string {
  const because = steps.find(({ step }) => step === "exchange")?.what ?? "";
  const isDenied = isAnythingDone({ steps });
  const so = isDenied ? "only what is done below is stopped" : "nothing is stopped";
  return `${kind} ${printable(id)} is not known to the exchange, so ${so}: ${printable(because)}\n`;
}

function uncheckedLine({ kind, id, steps }: Stopped): string {
  const what = UNCHECKED[kind];
  if (what === undefined || !isAnythingDone({ steps })) return "";
  return `A ${what} cannot be checked for spelling: look whether it is ${printable(id)}\n`;
}

/** By lifetimes only, as if the stop had not reached AWS */
function horizonLines({ horizon, at }: Stopped): string {
  if (horizon.length === 0) return "";
  const until = (seconds: number): string => new Date((at + seconds) * 1_000).toISOString().replace(".000Z", "Z");
  const rows = horizon.map(({ path, seconds, because }) => [
    printable(path),
    `${seconds} s`,
    until(seconds),
    printable(because),
  ]);
  return `What may still work, and until when at most:\n${table(rows)}`;
}
