import type { AuditRecord } from "../../../../runtime/audit/audit";

type Facts = AuditRecord["facts"];

/** What a record says, by its kind */
const SAYS: Readonly<Record<string, (facts: Facts) => string>> = {
  "approval.decided": (facts) => `${facts.by as string} of ${facts.group as string} has ${facts.verdict as string}`,
  "approval.decision-refused": (facts) => `${facts.by as string} may not decide: ${codesOf(facts)}`,
  "approval.requested": ({ call }) => `asks people about ${call as string}`,
  "call.outcome": ({ call, outcome }) =>
    outcome === "unknown" ? `how ${call as string} ended is not known` : `${call as string} ${outcome as string}`,
  "call.refused": (facts) => `${facts.call as string} is refused: ${codesOf(facts)}`,
  "companion.refused": (facts) => `is refused by its companion: ${codesOf(facts)}`,
  "call.spent": ({ call }) => `${call as string} is let through`,
  "revocation.ordered": ({ by, why }) => `is stopped by ${by as string}: ${why as string}`,
  "run.begun": ({ task, start }) => `begins the task ${task as string}, started by ${start as string}`,
  "run.refused.repeated": (facts) => `does not begin a task, once more: ${codesOf(facts)}`,
  "run.refused": (facts) => `does not begin a task: ${codesOf(facts)}`,
  "token.issued": ({ audience }) => `gets a token for ${audience as string}`,
  "token.refused": (facts) => `gets no token: ${codesOf(facts)}`,
};

/** What goes on while an agent works, and decides nothing */
const ROUTINE: readonly string[] = ["call.outcome", "call.spent", "run.begun", "token.issued"];

/** Agent, and what became of it */
export function toldOf({ kind, facts }: AuditRecord): string {
  return `${agentOf(facts)}: ${SAYS[kind]?.(facts) ?? kind}`;
}

export interface Line {
  /** Begins with the time (UTC) */
  readonly text: string;
  readonly count: number;
}

/** One line for each; routine between two decisions is told once, with how often it was. */
export function linesOf(records: readonly AuditRecord[]): readonly Line[] {
  const lines: { readonly text: string; readonly told: string; count: number }[] = [];
  let since = 0;
  for (const record of records) {
    if (!ROUTINE.includes(record.kind)) since = lines.length;
    const told = toldOf(record);
    const before = lines.slice(since).find((line) => line.told === told);
    const at = new Date(record.time * 1_000).toISOString().slice(11, 19);
    if (before === undefined) lines.push({ text: `${at} ${told}`, told, count: 1 });
    else before.count += 1;
  }
  return lines;
}

/** Name of the agent that a record is of, which some name by its SPIFFE ID */
export function agentOf({ agent, id }: Facts): string {
  return String(agent ?? id)
    .split("/")
    .at(-1) as string;
}

function codesOf({ codes }: Facts): string {
  return ((codes ?? []) as readonly string[]).join(", ");
}
