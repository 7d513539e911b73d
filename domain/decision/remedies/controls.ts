import { own } from "../../own";
import { UNITS_PER_ONE } from "../../amount";
import { INPUT_LIMITS } from "../limits";
import type { PolicyTask } from "../policy-document";
import type { Change, Explanation } from "./change";
import { withInput, withOwnTask, withRequest } from "./edit";
import { type Facts, factsOf, lacking } from "./facts";
import { later, newRun, newSession, restarted } from "./renewal";
import { unspent } from "./task";
import { listed } from "./wording";

export function budgetIsSpent(facts: Facts): Explanation {
  const over = counting(facts).flatMap(({ key, limit }) => {
    const known = own(facts.input.budgets, key);
    return known !== undefined && known.spent + known.cost > limit ? [{ key, limit, ...known }] : [];
  });
  const why = over.map(
    ({ key, limit, spent, cost }) =>
      `the budget is ${budgetOf(key, limit)}: ${amount(key, spent)} are spent, and this call adds ${amount(key, cost)}`,
  );
  return {
    what: why.join("; "),
    about: { agent: facts.input.agent.name, task: facts.input.task },
    changes: over.flatMap((budget) => lowered(facts, budget)),
  };
}

export function budgetIsUnknown(facts: Facts): Explanation {
  const unknown = counting(facts)
    .map(({ key }) => key)
    .filter((key) => own(facts.input.budgets, key) === undefined);
  return {
    what: `what is spent of ${listed(unknown)} could not be read`,
    about: { agent: facts.input.agent.name, task: facts.input.task },
    changes: [
      {
        kind: "platform",
        text: "bring the state store back: nothing is spent while the rest of the budget is unknown",
        caution: "what the store then says is spent decides anew",
        apply: (situation) => {
          const found = unknown.map((key) => [key, unspent(key)] as const);
          const { task } = factsOf(situation);
          const known = Object.entries(situation.input.budgets).filter(
            ([key]) => own(task?.budgets, key) !== undefined,
          );
          return withInput(situation, { budgets: Object.fromEntries([...found, ...known]) });
        },
      },
    ],
  };
}

export function orderIsBroken(facts: Facts): Explanation {
  const { task, call = "", input, agent } = facts;
  const missing = (task?.orders ?? [])
    .filter(({ then }) => Object.hasOwn(then, call))
    .flatMap(({ first, within }) =>
      first.filter((name) => !input.done[within].includes(name)).map((name) => ({ name, within })),
    );
  const why = missing.map(({ name, within }) => `${name} has not succeeded in this ${within}`);
  return {
    what: `${call} comes after ${listed(new Set(missing.map(({ name }) => name)))}: ${listed(new Set(why))}`,
    about: { agent: input.agent.name, task: input.task },
    changes: [...new Map(missing.map((first) => [`${first.within} ${first.name}`, first])).values()].map(
      ({ name, within }) => ({
        kind: "state",
        text: `call ${name} first in this ${within}${granting(agent?.tasks ?? {}, name, input.task)}, and let it succeed`,
        apply: (situation) => {
          const { done } = situation.input;
          const after = [...new Set([...done[within], name])].slice(-INPUT_LIMITS.done);
          return withInput(situation, { done: { ...done, [within]: after } });
        },
      }),
    ),
  };
}

/** ` (task "look")`, where the task itself does not grant it */
function granting(tasks: Readonly<Record<string, PolicyTask>>, name: string, task: string): string {
  if (Object.hasOwn(own(tasks, task)?.actions ?? {}, name)) return "";
  const other = Object.keys(tasks).find((key) => Object.hasOwn(tasks[key]?.actions ?? {}, name));
  return other === undefined ? "" : ` (task "${other}")`;
}

function counting({ task, call }: Facts): readonly { readonly key: string; readonly limit: number }[] {
  if (call === undefined) return [];
  return Object.entries(task?.budgets ?? {})
    .filter(([, { actions }]) => lacking(actions, [call]).length === 0)
    .map(([key, { limit }]) => ({ key, limit }));
}

interface Spent {
  readonly key: string;
  readonly limit: number;
  readonly spent: number;
  readonly cost: number;
}

/** Waiting keeps the declaration as it is; only what no period allows must be asked for differently. */
function lowered(facts: Facts, { key, limit, spent, cost }: Spent): readonly Change[] {
  const least = Math.min(cost, limit);
  return [
    ...(cost > limit ? [smaller(key, limit)] : []),
    ...(spent + least > limit ? [nextPeriod(facts, key, limit, spent + least)] : []),
  ];
}

function smaller(key: string, limit: number): Change {
  return {
    kind: "request",
    text: `ask for at most ${amount(key, limit)}${isSum(key) ? ` of ${sumOf(key)}` : counted(key) === "calls" ? "" : ` ${counted(key)}`} in one call: no period allows more`,
    apply: (situation) => {
      const known = own(situation.input.budgets, key);
      if (known === undefined) return situation;
      const budgets = { ...situation.input.budgets, [key]: { ...known, cost: Math.min(known.cost, limit) } };
      return withRequest(situation, { budgets });
    },
  };
}

/** docs/exchange.md, "Run, transaction, session" */
const NEW_EVIDENCE = "start a new run on new evidence: runs of the same evidence share what is left of the budget";

/** Of UTC, as budgets count them */
const PERIOD_SECONDS = { hour: 3_600, day: 86_400 } as const;

function nextPeriod(facts: Facts, key: string, limit: number, needed: number): Change {
  const period = key.split(":")[0];
  if (period === "run") return { ...newRun(facts), text: NEW_EVIDENCE };
  if (period === "session") return newSession(facts) ?? raised(facts, key, needed);
  return {
    kind: "state",
    text: `wait for the next ${period}: the budget (${budgetOf(key, limit)}) begins again then`,
    apply: (situation) => {
      const { time, budgets } = situation.input;
      const seconds = PERIOD_SECONDS[period === "hour" ? "hour" : "day"];
      // With a day an hour begins too.
      const begun = restarted(period === "hour" ? budgets : restarted(budgets, "hour:"), `${period}:`);
      return withInput(later(situation, seconds - (time % seconds)), { budgets: begun });
    },
  };
}

function raised({ input }: Facts, key: string, needed: number): Change {
  return {
    kind: "declaration",
    text: `raise the budget ${key} of task "${input.task}" to ${amount(key, needed)}`,
    about: { agent: input.agent.name, task: input.task },
    apply: (situation) =>
      withOwnTask(situation, (task) => {
        const found = own(task.budgets, key);
        if (found === undefined) return task;
        return { ...task, budgets: { ...task.budgets, [key]: { ...found, limit: Math.max(found.limit, needed) } } };
      }),
  };
}

/** A sum is counted in ten-thousandths. */
function amount(key: string, units: number): string {
  return String(isSum(key) ? units / UNITS_PER_ONE : units);
}

/** `20 calls per day`, `200000 tokens per day`, `5000 of amount per day` */
function budgetOf(key: string, limit: number): string {
  return `${amount(key, limit)} ${isSum(key) ? `of ${sumOf(key)}` : counted(key)} per ${key.split(":")[0]}`;
}

function sumOf(key: string): string {
  return counted(key).replace(/^sum=/, "");
}

function isSum(key: string): boolean {
  return counted(key).startsWith("sum=");
}

function counted(key: string): string {
  return key.split(":")[1] ?? "calls";
}
