/** What an agent asks for, and what must become of it */
export const KINDS = {
  /** A run begins */
  begin: "may pass",
  /** Its task has this tool. */
  find: "may pass",
  /** Its task does not have this tool. */
  forbidden: "never passes",
  /** A person approves it, for once. */
  refund: "passes once, if approved",
  /** No person is asked to approve it. */
  unapproved: "never passes",
} as const;
export type Kind = keyof typeof KINDS;

/** One request of the agent, and its answer */
export interface Attempt {
  readonly kind: Kind;
  /** By which what arrives at the tool is known; empty where a run begins */
  readonly order: string;
  /** Empty where none began */
  readonly run: string;
  /** Milliseconds since the epoch */
  readonly from: number;
  readonly to: number;
  /** 0 where no answer came */
  readonly status: number;
  readonly text: string;
}

export interface Arrival {
  /** Name of the tool at the server */
  readonly tool: string;
  readonly order: string;
  readonly amount: number;
}

export interface Recorded {
  readonly kind: string;
  readonly run: string;
  readonly call: string;
}

/** All that was seen from outside */
export interface Seen {
  readonly attempts: readonly Attempt[];
  readonly arrivals: readonly Arrival[];
  /** Orders whose refund a person approves, with when: milliseconds since the epoch, noted before that is written */
  readonly approved: ReadonlyMap<string, number>;
}

/** What the budget of refunds is, in the declaration of the example */
export const REFUNDS_A_DAY = { calls: 50, amount: 5_000 } as const;

const TOOLS: Readonly<Partial<Record<Kind, string>>> = { find: "find_order", refund: "create_refund" };
const CALLS: Readonly<Record<string, string>> = { find_order: "payments.find", create_refund: "payments.refund" };

/** What of the answer to a call says that it was done; undefined where it was not */
export function resultOf({ status, text }: Pick<Attempt, "status" | "text">): string | undefined {
  if (status !== 200) return undefined;
  const { result } = JSON.parse(text) as {
    readonly result?: { readonly content?: readonly { readonly text: string }[] };
  };
  return result?.content?.[0]?.text;
}

/** Whether it was answered as it is when nothing is harmed */
export function isPassed(attempt: Attempt): boolean {
  return attempt.kind === "begin" ? attempt.status === 201 : resultOf(attempt) !== undefined;
}

/** What must never happen, with or without a fault: each breach is a sentence. */
export function breachesOf({ attempts, arrivals, approved }: Seen): readonly string[] {
  const calls = attempts.filter(({ kind }) => kind !== "begin");
  const asked = new Map(calls.map((attempt) => [attempt.order, attempt]));
  const arrived = grouped(arrivals, ({ order }) => order);
  const breaches: string[] = [];
  for (const [order, came] of arrived) {
    const first = asked.get(order);
    if (first === undefined) breaches.push(`${order} arrived, and no agent asked for it`);
    else breaches.push(...wrongly(first, came, approved));
  }
  for (const attempt of calls) {
    breaches.push(...saidWrongly(attempt, arrived.get(attempt.order) ?? []));
    if (isTooSoon(attempt, approved)) breaches.push(`${attempt.order} was answered before a person had approved it`);
  }
  const refunds = arrivals.filter(({ tool }) => tool === TOOLS.refund);
  const sum = refunds.reduce((all, { amount }) => all + amount, 0);
  if (refunds.length > REFUNDS_A_DAY.calls) breaches.push(`${refunds.length} refunds of a day arrived`);
  if (sum > REFUNDS_A_DAY.amount) breaches.push(`refunds of ${sum} of a day arrived`);
  return breaches;
}

/** What arrived of one order that should not have */
function wrongly({ kind, order }: Attempt, came: readonly Arrival[], approved: Seen["approved"]): readonly string[] {
  if (KINDS[kind] === "never passes") return [`${order} arrived, which is ${kind}`];
  if (kind === "refund" && !approved.has(order)) return [`${order} arrived, and no person had approved it`];
  const other = came.find(({ tool }) => tool !== TOOLS[kind]);
  if (other !== undefined) return [`${order} arrived as ${other.tool}, and was asked for as ${TOOLS[kind]}`];
  return came.length > 1 ? [`${order} arrived ${came.length} times, and was allowed once`] : [];
}

/** Whether a refund was done before a person had decided on it */
function isTooSoon(attempt: Attempt, approved: Seen["approved"]): boolean {
  const at = approved.get(attempt.order);
  return attempt.kind === "refund" && at !== undefined && attempt.to < at && resultOf(attempt) !== undefined;
}

/** What an agent was told that is not so */
function saidWrongly(attempt: Attempt, came: readonly Arrival[]): readonly string[] {
  const { kind, order } = attempt;
  const result = resultOf(attempt);
  if (result === undefined) return [];
  if (KINDS[kind] === "never passes") return [`${order} was answered, which is ${kind}: ${result}`];
  if (!result.includes(`"${order}"`)) return [`${order} was answered by what another call brought: ${result}`];
  return came.length === 0 ? [`${order} was answered, and never arrived`] : [];
}

/** What is not on record, though it happened */
export function unrecorded(
  { attempts, arrivals }: Pick<Seen, "arrivals" | "attempts">,
  records: readonly Recorded[],
): readonly string[] {
  const named = ({ kind, run, call }: Recorded): string => `${kind} ${run} ${call}`.trim();
  const written = new Map<string, number>();
  for (const record of records) written.set(named(record), (written.get(named(record)) ?? 0) + 1);
  const runs = new Map(attempts.filter(({ kind }) => kind !== "begin").map(({ order, run }) => [order, run]));
  const happened = [
    ...attempts
      .filter((one) => one.kind === "begin" && isPassed(one))
      .map(({ run }) => ({ kind: "run.begun", run, call: "" })),
    ...arrivals.map(({ tool, order }) => ({
      kind: "call.spent",
      run: runs.get(order) ?? "",
      call: CALLS[tool] ?? tool,
    })),
  ];
  const counted = grouped(happened, named);
  return [...counted].flatMap(([name, all]) => {
    const times = written.get(name) ?? 0;
    return times >= all.length ? [] : [`${name} happened ${all.length} times and is on record ${times} times`];
  });
}

/**
 * Milliseconds from a fault until calls passed again: until the answer to the first one behind which none began that failed; 0 where none
 * has failed since. One that began before and hung is none behind it.
 * Undefined where they do not pass.
 */
export function outage(attempts: readonly Attempt[], since: number): number | undefined {
  const ordered = attempts
    .filter(({ kind, to }) => KINDS[kind] === "may pass" && to >= since)
    .sort((one, other) => one.from - other.from);
  const last = ordered.map(isPassed).lastIndexOf(false);
  if (last === -1) return 0;
  const next = ordered[last + 1];
  return next === undefined ? undefined : next.to - since;
}

function grouped<T>(all: readonly T[], by: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}
