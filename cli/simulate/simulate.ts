import { type DecisionInput, type InputProblem, type Reason } from "../../domain";
import { byText } from "../../domain/by-text";
import { checkedIn } from "../asked";
import { cedarDecider } from "../decide";
import { sentenceOf } from "../explain/explained";
import type { Io } from "../program";
import type { Synthesized } from "../synthesized";
import type { Request } from "./requests";

/** What was decided on one request by one policy */
export interface Result {
  readonly decision: "allow" | "deny";
  readonly reasons: readonly Reason["code"][];
  readonly observed: readonly Reason["code"][];
}

export interface Simulated {
  /** From 1 */
  readonly index: number;
  readonly name: string | null;
  readonly request: string;
  /** By the policy that was there; null if one policy decides alone */
  readonly before: Result | null;
  readonly after: Result;
  readonly change: Change | null;
}

export type Change = "newly allowed" | "newly denied" | "other reasons";

export interface Summary {
  readonly decided: number;
  readonly allowed: number;
  readonly denied: number;
  /** How often each code refused, by the policy that decides */
  readonly reasons: Readonly<Record<string, number>>;
  readonly observed: Readonly<Record<string, number>>;
  readonly newlyAllowed: number;
  readonly newlyDenied: number;
  readonly otherReasons: number;
}

/** Told of each result as it comes, and of the sums at the end */
export interface Report {
  result(simulated: Simulated): void;
  end(summary: Summary, compared: boolean): void;
}

export interface Simulation {
  readonly requests: AsyncIterable<Request>;
  readonly after: Synthesized;
  readonly before: Synthesized | undefined;
  readonly revision: number;
  readonly io: Io;
  readonly report: Report;
}

const SILENT_MILLISECONDS = 2_000;
const EVERY_MILLISECONDS = 5_000;

/** Decides one request after the other, so that a file of any size takes the same memory. */
export async function simulate({ requests, after, before, revision, io, report }: Simulation): Promise<Summary> {
  const decide = cedarDecider(io);
  const by = async ({ policy }: Synthesized, input: DecisionInput): Promise<Result> => {
    const { decision, reasons, observed } = await decide({ policy, revision, input });
    return { decision, reasons: reasons.map(({ code }) => code), observed: observed.map(({ code }) => code) };
  };
  const sums = new Sums();
  let told = performance.now() + SILENT_MILLISECONDS;
  for await (const request of requests) {
    const simulated = await decided(request, after, before, by);
    sums.add(simulated);
    if (before === undefined || simulated.change !== null) report.result(simulated);
    if (performance.now() > told) {
      io.err(`ambit: ${sums.decided} decided …\n`);
      told = performance.now() + EVERY_MILLISECONDS;
    }
  }
  const summary = sums.summary();
  report.end(summary, before !== undefined);
  return summary;
}

async function decided(
  request: Request,
  after: Synthesized,
  before: Synthesized | undefined,
  by: (synthesized: Synthesized, input: DecisionInput) => Promise<Result>,
): Promise<Simulated> {
  const { index } = request;
  const checked = "problem" in request ? { ok: false as const, problem: request.problem } : checkedIn(request.asked);
  const name = "problem" in request ? null : (request.asked.name ?? null);
  if (!checked.ok) {
    const result = refused(checked.problem);
    return { index, name, request: checked.problem.what, before: before ? result : null, after: result, change: null };
  }
  const { input } = checked;
  const now = await by(after, input);
  const then = before === undefined ? null : await by(before, input);
  return {
    index,
    name,
    request: sentenceOf(input, after.policy),
    before: then,
    after: now,
    change: then === null ? null : changeOf(then, now),
  };
}

function refused({ code }: InputProblem): Result {
  return { decision: "deny", reasons: [code], observed: [] };
}

function changeOf(before: Result, after: Result): Change | null {
  if (before.decision !== after.decision) return after.decision === "allow" ? "newly allowed" : "newly denied";
  const same = before.reasons.join() === after.reasons.join() && before.observed.join() === after.observed.join();
  return same ? null : "other reasons";
}

class Sums {
  public decided = 0;
  private allowed = 0;
  private readonly reasons = new Map<string, number>();
  private readonly observed = new Map<string, number>();
  private readonly changes = new Map<Change, number>();

  public add({ after, change }: Simulated): void {
    this.decided++;
    if (after.decision === "allow") this.allowed++;
    for (const code of after.reasons) count(this.reasons, code);
    for (const code of after.observed) count(this.observed, code);
    if (change !== null) count(this.changes, change);
  }

  public summary(): Summary {
    return {
      decided: this.decided,
      allowed: this.allowed,
      denied: this.decided - this.allowed,
      reasons: mostFirst(this.reasons),
      observed: mostFirst(this.observed),
      newlyAllowed: this.changes.get("newly allowed") ?? 0,
      newlyDenied: this.changes.get("newly denied") ?? 0,
      otherReasons: this.changes.get("other reasons") ?? 0,
    };
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function mostFirst(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a, x], [b, y]) => y - x || byText(a, b)));
}
