import type { Sensitivity } from "../sensitivity";
import type { HandedFact } from "./handed-facts";
import type { TaskRiskFacts } from "./risk-facts";

/** Something done by the task itself, or by a delegate */
interface Deed {
  /** `<agent>.<task>` of the delegate; undefined for the task itself */
  readonly by: string | undefined;
  /** Of data that is read, or the highest that may be read before an outward action */
  readonly level: Sensitivity;
}

/**
 * The delegates that have a part in it, where a task could carry confidential data out on a stranger's word, with approval or without:
 * none where it can do so alone; undefined where it cannot. A session keeps the mark of what any of them read, so what one reads and
 * another sends must be within the sender's clearance.
 *
 * @param which outward actions count
 */
export function wayOut(
  task: TaskRiskFacts,
  handed: readonly HandedFact[],
  which: "all" | "unapproved" = "all",
): readonly string[] | undefined {
  const words = readsUntrusted(task) || task.takesUntrusted ? NOT_HANDED : handed.find(({ untrusted }) => untrusted);
  if (words === undefined) return undefined;
  // A task alone is checked at synth: each of its tools is cleared for all that it reads.
  const [reads, sends] = [readBy(task), sentBy(task, which)];
  if (reads.length > 0 && sends.length > 0) return namesOf(words);
  if (handed.length === 0) return undefined;
  for (const read of [lowest(reads), lowest(handed.flatMap(readByDelegate))]) {
    for (const send of [highest(sends), highest(handed.flatMap((fact) => sentByDelegate(fact, which)))]) {
      if (read !== undefined && send?.level.covers(read.level) === true) return namesOf(words, read, send);
    }
  }
  return undefined;
}

function namesOf(...parts: readonly Pick<Deed, "by">[]): readonly string[] {
  return [...new Set(parts.map(({ by }) => by).filter((by) => by !== undefined))];
}

const NOT_HANDED = { by: undefined };

export function readsUntrusted({ calls, readsUntrusted: data }: TaskRiskFacts): boolean {
  return data || calls.some(({ untrustedOutput }) => untrustedOutput);
}

function readBy({ data }: TaskRiskFacts): readonly Deed[] {
  const read = data.filter(({ reads, sensitivity }) => reads && sensitivity.isConfidential);
  return read.map(({ sensitivity }) => ({ by: undefined, level: sensitivity }));
}

function readByDelegate({ by, data }: HandedFact): readonly Deed[] {
  return data?.reads === true && data.sensitivity.isConfidential ? [{ by, level: data.sensitivity }] : [];
}

function sentBy({ calls, isApproved }: TaskRiskFacts, which: "all" | "unapproved"): readonly Deed[] {
  if (isApproved && which === "unapproved") return [];
  return calls.filter(({ isOutward }) => isOutward).map(({ clearance }) => ({ by: undefined, level: clearance }));
}

function sentByDelegate(
  { by, after, isApproved, isOutward }: HandedFact,
  which: "all" | "unapproved",
): readonly Deed[] {
  return isOutward && !(isApproved && which === "unapproved") ? [{ by, level: after }] : [];
}

function lowest(deeds: readonly Deed[]): Deed | undefined {
  return deeds.reduce<Deed | undefined>(
    (found, deed) => (found && found.level.rank <= deed.level.rank ? found : deed),
    undefined,
  );
}

function highest(deeds: readonly Deed[]): Deed | undefined {
  return deeds.reduce<Deed | undefined>(
    (found, deed) => (found && found.level.rank >= deed.level.rank ? found : deed),
    undefined,
  );
}
