import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { Control } from "../cluster/control-checks";
import type { OneNode } from "../cluster/one-node";
import { HOSTS } from "../cluster/tools/hosts";
import type { Tools } from "../cluster/tools/tools";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { type Harmed, isBack, suffer, type Suffered } from "./harm";
import type { KeptMoto } from "./kept-moto";
import { type Arrival, type Attempt, breachesOf, isPassed, KINDS, outage, type Seen } from "./model";
import { Person } from "./person";
import { type Schedule, sentence } from "./schedules";
import type { Measured } from "./times";
import { Work } from "./work";

/** A bound that no machine comes near where calls pass again by themselves */
const MOST_SECONDS = 240;
/** Calls behind which they are held to pass again */
const CALLS_AFTERWARDS = 6;
const LOOK_MILLISECONDS = 200;
/** Characters of an answer without codes */
const SHOWN = 120;

/** All that schedules have caused together: what holds over a day is looked at over all of it. */
export class Tally {
  public readonly attempts: Attempt[] = [];
  public readonly arrivals: Arrival[] = [];
  public readonly approved = new Map<string, number>();
  /** Decisions of people that were written for certain */
  public decisions = 0;
  public readonly measured: Measured[] = [];
}

/** One check for each schedule: it begins where calls pass, and ends where they pass again. */
export function scheduleChecks(
  suite: Suite,
  node: Check<OneNode>,
  { aws, moto, front, clerk, gateway, opa }: Control & { readonly moto: Check<KeptMoto> },
  schedules: readonly Schedule[],
  tally: Tally,
): void {
  schedules.forEach((schedule, index) =>
    suite.check(
      `faults: ${index + 1} of ${schedules.length}: ${sentence(schedule)}`,
      [node, aws, moto, front, clerk, gateway, opa],
      async ([on, account, kept, { login, tools, aws: way }, pod], note) => {
        const harmed = { on, account, moto: kept, front: way };
        const work = Work.start({ on, pod, login, place: index + 1 });
        const person = new Person(account.url);
        const over = new AbortController();
        const before = tools.arrived.length;
        const approving = person.approves(() => work.attempts(), over.signal);
        approving.catch(() => undefined);
        let suffered: readonly Told[] = [];
        let attempts: readonly Attempt[] = [];
        const { approved } = person;
        try {
          await until(
            () => passedSince(work, 0) > 0,
            MOST_SECONDS,
            () => `no call passes: ${lastOf(work)}`,
          );
          suffered = await harmedBy(harmed, schedule);
          const since = Date.now();
          const isOver = () => passedSince(work, since) >= CALLS_AFTERWARDS && work.attempts().some(isPaid);
          await until(isOver, MOST_SECONDS, () => `calls do not pass again: ${lastOf(work)}`);
        } finally {
          over.abort();
          await Promise.allSettled([approving]);
          attempts = await work.end();
          await person.close();
          tally.decisions += person.decisions;
          // Also where calls do not pass again.
          judge({ attempts, arrivals: arrivedAt(tools, before), approved }, tally, note);
        }
        await approving;
        measure(suffered, attempts, schedule, tally, note);
      },
    ),
  );
}

type Told = Suffered & { readonly back: number };

/** All faults of a schedule, each until its part runs again */
function harmedBy(harmed: Harmed, schedule: Schedule): Promise<readonly Told[]> {
  return Promise.all(
    schedule.map(async (fault) => {
      const suffered = await suffer(harmed, fault);
      await until(
        async () => {
          await sleep(LOOK_MILLISECONDS);
          return isBack(harmed, suffered).catch(() => false);
        },
        MOST_SECONDS,
        `${fault.part} does not run again`,
      );
      return { ...suffered, back: Date.now() - suffered.from };
    }),
  );
}

function judge({ attempts, arrivals, approved }: Seen, tally: Tally, note: (text: string) => void): void {
  tally.attempts.push(...attempts);
  tally.arrivals.push(...arrivals);
  for (const [order, at] of approved) tally.approved.set(order, at);
  const failed = attempts.filter((attempt) => KINDS[attempt.kind] === "may pass" && !isPassed(attempt));
  const counts = Object.keys(KINDS).map((kind) => `${attempts.filter((one) => one.kind === kind).length} ${kind}`);
  note(`${counts.join(", ")}; ${arrivals.length} arrived, ${failed.length} that may pass did not`);
  const reasons = failed.map(reasonOf);
  for (const reason of new Set(reasons)) note(`${reasons.filter((one) => one === reason).length} of these: ${reason}`);
  equal(breachesOf({ attempts, arrivals, approved }), []);
}

function measure(
  suffered: readonly Told[],
  attempts: readonly Attempt[],
  schedule: Schedule,
  tally: Tally,
  note: (text: string) => void,
): void {
  for (const { fault, from, back } of suffered) {
    const passed = outage(attempts, from);
    ok(passed !== undefined, "calls do not pass again");
    tally.measured.push({ fault, isAlone: schedule.length === 1, outage: passed, back });
    note(`${fault.part}: ran again after ${(back / 1_000).toFixed(1)} s, calls after ${(passed / 1_000).toFixed(1)} s`);
  }
}

/** Calls in a row that began since then and passed, the last ones */
function passedSince(work: Work, since: number): number {
  const may = work.attempts().filter(({ kind, from }) => KINDS[kind] === "may pass" && from >= since);
  const last = may.map(isPassed).lastIndexOf(false);
  return may.slice(last + 1).filter(({ kind }) => kind === "find").length;
}

/** Status and codes of an answer, or why there is none */
function reasonOf({ kind, status, text }: Attempt): string {
  const codes = [...text.matchAll(/"code":"([a-z.-]+)"/g)].map(([, code]) => code);
  return `${kind} ${status} ${codes.length > 0 ? codes.join(",") : text.slice(0, SHOWN)}`;
}

function isPaid(attempt: Attempt): boolean {
  return attempt.kind === "refund" && isPassed(attempt);
}

function lastOf(work: Work): string {
  return JSON.stringify(work.attempts().slice(-6));
}

/** Calls of the payments' server that arrived since */
function arrivedAt({ arrived }: Tools, before: number): readonly Arrival[] {
  const own = arrived.slice(before).filter(({ host }) => host === HOSTS.payments);
  return own.flatMap(({ body }) => {
    const { method, params } = JSON.parse(body || "{}") as {
      readonly method?: string;
      readonly params?: {
        readonly name: string;
        readonly arguments: { readonly order: string; readonly amount?: number };
      };
    };
    if (method !== "tools/call" || params === undefined) return [];
    return [{ tool: params.name, order: params.arguments.order, amount: params.arguments.amount ?? 0 }];
  });
}
