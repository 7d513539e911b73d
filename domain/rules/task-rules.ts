import type { DataAccess } from "../dataset";
import type { AccessKind } from "../dataset-props";
import { refuse, shown } from "../errors";
import { isDelegateTool } from "../handing-on";
import { LIMITS } from "../limits";
import type { Task } from "../task";
import { agentStartsReachNoHarm, chainsHaveTheirUser } from "./chain-rules";
import { flowProblem, type Flow } from "./flow";
import { dataOf, reachOf } from "./reach";
import { selfStartedModelsAreBounded, tokensAreBounded } from "./token-budgets";

type Rule = (task: Task, where: string) => void;

/** Rules for every task, on every platform. Cheapest first; the first broken rule refuses. */
const RULES: readonly Rule[] = [
  touchedDataIsGranted,
  dataFlowsUpwards,
  agentStartsAreHarmless,
  agentStartsReachNoHarm,
  usersArePresent,
  chainsHaveTheirUser,
  iamSeesEveryControl,
  controlsAreFew,
  controlsNameGrantedActions,
  sumsAreOfArguments,
  tokensAreBounded,
  selfStartedModelsAreBounded,
  observesNothingConfidential,
];

export function checkTask(task: Task, where: string): void {
  for (const rule of RULES) rule(task, where);
}

/** A granted tool action opens no data: what it touches is granted by itself. */
function touchedDataIsGranted(task: Task, where: string): void {
  for (const grant of task.tools) {
    for (const action of grant.actions) {
      for (const touched of action.touches) {
        const granted = task.data.find((access) => access.dataset === touched.dataset);
        const missing = touched.kinds.filter((kind) => !(granted?.kinds.includes(kind) ?? false));
        if (missing.length > 0) {
          const data = touched.dataset.name;
          const sentence = `${grant.tool.name}.${action.name} needs ${missing.join(" and ")} of ${shown(data)}`;
          refuse(
            "grant.missing-data",
            where,
            `${sentence}, which is not granted: add ${remedy(data, missing)} to data`,
          );
        }
      }
    }
  }
}

function remedy(dataset: string, missing: readonly AccessKind[]): string {
  return `${dataset}.${missing.length > 1 ? "readWrite" : missing[0]}()`;
}

function dataFlowsUpwards(task: Task, where: string): void {
  const problem = flowProblem(flowOf(task));
  if (problem !== undefined) refuse(problem.code, where, problem.sentence);
}

/** The places data comes from and goes to within one run of the task. */
export function flowOf(task: Task): Flow {
  const place = (access: DataAccess): { name: string; sensitivity: DataAccess["dataset"]["sensitivity"] } => ({
    name: access.dataset.name,
    sensitivity: access.dataset.sensitivity,
  });
  return {
    reads: [...[...task.data.filter((access) => access.reveals), ...answersOf(task)].map(place), ...sentTo(task)],
    writes: [...task.data.filter((access) => access.writes).map(place), ...answersTo(task)],
    tools: task.tools.map((grant) => ({
      name: grant.tool.name,
      clearance: grant.tool.clearance,
      touches: grant.actions.flatMap((action) => action.touches).map(place),
    })),
  };
}

/** What callers send is read before anything else. */
export function sentTo({ servedBy }: Task): Flow["reads"] {
  return servedBy.map(({ facts: { where, sensitivity } }) => ({ name: `what arrives by ${where}`, sensitivity }));
}

/** An answer is a write to its caller. */
function answersTo({ servedBy }: Task): Flow["writes"] {
  return servedBy.map(({ facts: { where, clearance } }) => ({ name: `answers of ${where}`, sensitivity: clearance }));
}

/** What delegates read comes back in their answers. */
function answersOf(task: Task): readonly DataAccess[] {
  return reachOf(task).flatMap((reached) => dataOf(reached).filter((access) => access.reveals));
}

/** A hijacked agent could otherwise start its strongest task by itself. */
function agentStartsAreHarmless(task: Task, where: string): void {
  if (!task.startedBy.includes("agent")) return;
  const fix = `start it by user, schedule, event or delegation`;
  if (task.highestSensitivity.isConfidential) {
    const data = task.data.find((access) => access.dataset.sensitivity === task.highestSensitivity);
    const sentence = `startedBy "agent" is refused with ${task.highestSensitivity} data (${data?.dataset.name})`;
    refuse("start.agent-too-risky", where, `${sentence}: ${fix}`);
  }
  for (const grant of task.tools) {
    const high = grant.actions.find((action) => action.impact === "high");
    if (high !== undefined) {
      const sentence = `startedBy "agent" is refused with the high-impact action ${grant.tool.name}.${high.name}`;
      refuse("start.agent-too-risky", where, `${sentence}: ${fix}`);
    }
  }
}

/** Rights of a user need a user: they would be refused at every call. */
function usersArePresent(task: Task, where: string): void {
  const alone = task.startWithoutUser;
  if (alone === undefined) return;
  const tool = task.tools.find((grant) => grant.tool.actsAs === "user")?.tool;
  if (tool !== undefined) {
    const fix = `give the tool actsAs: { service: "…" }, or start the task by user or delegation`;
    refuse("start.needs-user", where, `${tool.name} acts as the user, but startedBy "${alone}" has none: ${fix}`);
  }
  const bound = task.data.find((access) => access.boundTo === "user");
  if (bound !== undefined) {
    const fix = `bind the table to agent or session, or start the task by user or delegation`;
    refuse(
      "start.needs-user",
      where,
      `${bound.dataset.name} is bound to a user, but startedBy "${alone}" has none: ${fix}`,
    );
  }
}

/**
 * IAM does not see approvals, budgets or order, so they would not apply to direct data access. Token budgets do not
 * concern data.
 */
function iamSeesEveryControl(task: Task, where: string): void {
  const control =
    task.approval !== undefined
      ? "approval"
      : task.budgets.some(({ counts }) => counts !== "tokens")
        ? "budget"
        : task.orders.length > 0
          ? "order"
          : "";
  const data = task.awsData[0];
  if (control === "" || data === undefined) return;
  const sentence = `${control} cannot hold for the AWS data ${shown(data.dataset.name)}, because IAM does not see it`;
  refuse(
    "aws-data.with-control",
    where,
    `${sentence}: put the data behind a tool (Dataset.external), or split the task`,
  );
}

function controlsNameGrantedActions(task: Task, where: string): void {
  const granted = [...task.tools, ...task.delegates].flatMap(({ names }) => names);
  const check = (code: "budget.malformed" | "order.malformed", property: string, names: readonly string[]): void => {
    const unknown = names.find((name) => !granted.includes(name));
    if (unknown !== undefined) {
      refuse(
        code,
        where,
        `${property} names ${unknown}, which the task does not grant: grant it in tools or delegates, or leave it out`,
      );
    }
  };
  for (const budget of task.budgets) check("budget.malformed", "budget", budget.actions ?? []);
  for (const { first, then, within } of task.orders) {
    // What came first in the session may be the work of another task: the agent's rules look for it.
    check("order.malformed", "order", within === "run" ? [...first, ...then] : then);
  }
  if (granted.length > 0) return;
  if (task.approval !== undefined) {
    refuse(
      "approval.malformed",
      where,
      "approval is asked per tool action and request to a delegate, and the task grants none: add tools, or leave it out",
    );
  }
  if (task.budgets.length > 0) {
    refuse(
      "budget.malformed",
      where,
      "budget counts tool actions and requests to delegates, and the task grants none: add tools, or leave it out",
    );
  }
}

/** What is sent to a delegate has no argument that has a name. */
function sumsAreOfArguments({ budgets, delegates: [delegate] }: Task, where: string): void {
  if (delegate === undefined) return;
  const open = budgets.find(({ sumOf, actions = delegate.names }) => {
    return sumOf !== undefined && actions.some((name) => isDelegateTool(name));
  });
  if (open === undefined) return;
  const sentence = `budget adds up ${shown(open.sumOf)} of requests to ${delegate.target}, which have no arguments`;
  refuse("budget.malformed", where, `${sentence}: name the tool actions that have it in of`);
}

/** Confidential data allows no observed rules. */
function observesNothingConfidential(task: Task, where: string): void {
  if (task.observed === undefined) return;
  const data = [...task.data, ...answersOf(task)].find(({ dataset }) => dataset.sensitivity.isConfidential)?.dataset;
  if (data === undefined) return;
  const sentence = `enforcement { observe } is refused with ${data.sensitivity} data (${data.name})`;
  refuse("enforcement.refused", where, `${sentence}: write "enforce", or leave it out`);
}

/** One call is counted in one transaction; and what is more, a review does not read. */
function controlsAreFew({ budgets, orders }: Task, where: string): void {
  const { namedActions } = LIMITS;
  atMost(LIMITS.budgets.ceiling, budgets, where, ["budget", "has", "entries"]);
  atMost(LIMITS.orders.ceiling, orders, where, ["order", "has", "entries"]);
  for (const { actions = [] } of budgets) atMost(namedActions.ceiling, actions, where, ["budget", "names", "actions"]);
  for (const { first, then } of orders) {
    for (const side of [first, then]) atMost(namedActions.ceiling, side, where, ["order", "names", "actions"]);
  }
}

function atMost(
  most: number,
  listed: readonly unknown[],
  where: string,
  [control, verb, noun]: readonly [control: "budget" | "order", verb: string, noun: string],
): void {
  if (listed.length <= most) return;
  const sentence = `${control} ${verb} ${listed.length} ${noun}, of ${most} at most`;
  refuse(`${control}.malformed`, where, `${sentence}: leave some out, or split the task`);
}
