import {
  type CallFacts,
  type DecisionInput,
  own,
  type PolicyAgent,
  type PolicyDocument,
  type PolicyTask,
} from "../../../domain";
import { type Facts, NO_LIMIT, RANKS } from "./facts";

const UNKNOWN_DATASET = RANKS.restricted;

/** Facts of a call: what it touches, and what is declared of it */
export function addCall(
  context: Facts,
  input: DecisionInput,
  call: CallFacts,
  policy: PolicyDocument,
  agent: PolicyAgent | undefined,
  task: PolicyTask | undefined,
): void {
  const name = `${call.tool}.${call.action}`;
  const tool = own(policy.tools, call.tool);
  const action = own(tool?.actions, call.action);
  const touched = [...new Set([...call.data, ...(action === undefined ? [] : Object.keys(action.touches))])];
  context["call"] = name;
  context["toolAudience"] = `tool:${call.tool}`;
  context["calledAction"] = call.action;
  context["scope"] = input.token.scope.filter((action) => action === call.action);
  context["destination"] = call.destination;
  context["touched"] = touched;
  addRanks(context, touched, input.session.writable !== null, policy.datasets);
  if (input.session.tainted) context["tainted"] = true;
  if (policy.intentRequired !== false) context["intentRequired"] = true;
  if (input.intent !== null) context["intent"] = input.intent.verdict;
  if (agent !== undefined && tool !== undefined) {
    const { destination, clearance, actsAsUser } = tool;
    const effect = action === undefined ? {} : { high: action.high !== false, outward: action.outward !== false };
    context["tool"] = { destination, clearance, actsAsUser, ...effect };
  }
  if (task === undefined) return;
  context["task"] = {
    startedBy: Object.hasOwn(task.startedBy, input.start.by) ? [input.start.by] : [],
    ttlSeconds: task.ttlSeconds,
    actions: Object.hasOwn(task.actions, name) ? [name] : [],
    data: touched.filter((item) => Object.hasOwn(task.data, item)),
  };
  if (task.observeUntil !== 0) context["observeUntil"] = task.observeUntil;
  addBudgets(context, input, task, name);
  addOrder(context, input, task, name);
}

function addRanks(
  context: Facts,
  touched: readonly string[],
  withRead: boolean,
  datasets: PolicyDocument["datasets"],
): void {
  let read = -1;
  let written = NO_LIMIT;
  let highest = -1;
  for (const item of touched) {
    const colon = item.lastIndexOf(":");
    const kind = colon < 0 ? "" : item.slice(colon + 1);
    const rank = own(datasets, colon < 0 ? item : item.slice(0, colon)) ?? UNKNOWN_DATASET;
    highest = Math.max(highest, rank);
    if (kind === "write" || kind === "delete") written = Math.min(written, rank);
    else read = Math.max(read, rank);
  }
  if (highest !== -1) context["highest"] = highest;
  if (withRead && read !== -1) context["read"] = read;
  if (written !== NO_LIMIT) context["written"] = written;
}

function addBudgets(context: Facts, { budgets }: DecisionInput, task: PolicyTask, name: string): void {
  let counting = 0;
  let known = 0;
  let remaining = NO_LIMIT;
  for (const [key, { actions, limit }] of Object.entries(task.budgets)) {
    if (actions !== "any" && !Object.hasOwn(actions, name)) continue;
    counting += 1;
    const budget = own(budgets, key);
    if (budget === undefined) continue;
    known += 1;
    remaining = Math.min(remaining, limit - budget.spent - budget.cost);
  }
  if (counting > 0) context["budgets"] = { counting, known, remaining };
}

function addOrder(context: Facts, { done }: DecisionInput, task: PolicyTask, name: string): void {
  const orders = task.orders.filter(({ then }) => Object.hasOwn(then, name));
  if (orders.length === 0) return;
  const names = (wanted: (first: string, within: "run" | "session") => boolean): string[] =>
    orders.flatMap(({ first, within }) =>
      first.filter((entry) => wanted(entry, within)).map((entry) => `${within}:${entry}`),
    );
  context["order"] = {
    first: names(() => true),
    done: names((entry, within) => done[within].includes(entry)),
  };
}
