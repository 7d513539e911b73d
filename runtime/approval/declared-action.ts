import { delegateIn, own, type PolicyTask } from "../../domain";
import type { FleetView } from "../registry/registry";

export interface DeclaredAction {
  /** `agent`: work is handed on to another agent */
  readonly kind: "agent" | "http" | "mcp" | "model";
  /** Where it is; the SPIFFE ID of a delegate */
  readonly url: string;
  /** Of a delegate, the gravest that it may do with the work, in its own task and behind it */
  readonly impact: "high" | "low";
  /** Its effect, or one of a delegate's, is seen by people outside the organisation */
  readonly outward: boolean;
  /** `<dataset>:<kind>`, sorted */
  readonly touches: readonly string[];
  /** Whose rights it uses there: those of the user, or the name of a service or of the delegate */
  readonly actsAs: string;
}

/** A call that a person decides about */
interface Called {
  /** SPIFFE ID of the agent that asks, and its task */
  readonly agent: string;
  readonly task: string;
  readonly tool: string;
  readonly action: string;
}

/** What is declared of an action now; null if it is not declared any more */
export function declaredAction(fleet: FleetView, called: Called): DeclaredAction | null {
  const { tool, action: name } = called;
  const delegate = delegateIn(tool);
  if (delegate !== undefined) return delegateOf(fleet, called, delegate);
  const known = fleet.toolOf(tool);
  const action = own(own(fleet.policy.tools, tool)?.actions, name);
  if (known === undefined || action === undefined) return null;
  const { kind, url, actsAs } = known;
  return {
    kind,
    url,
    impact: action.high ? "high" : "low",
    outward: action.outward,
    touches: Object.keys(action.touches).sort(),
    actsAs: actsAs === "user" ? "user" : actsAs.service,
  };
}

function delegateOf(fleet: FleetView, { agent, task, action }: Called, name: string): DeclaredAction | null {
  const asking = own(own(fleet.policy.agents, agent)?.tasks, task);
  const edge = own(asking?.delegates, `${name}.${action}`);
  const delegate = fleet.agentNamed(name);
  const found = taskOf(fleet, name, action);
  if (edge === undefined || delegate === undefined || found === undefined) return null;
  const reached = tasksBehind(fleet, found, edge.depth - 1);
  const calls = reached.flatMap(({ actions }) => Object.keys(actions)).filter((call) => isIn(edge.actions, call));
  const declared = calls.flatMap((call) => actionOf(fleet, call) ?? []);
  const data = reached.flatMap((each) => Object.keys(each.data)).filter((key) => isIn(edge.data, key));
  return {
    kind: "agent",
    url: delegate.spiffeId,
    impact: declared.some(({ high }) => high) ? "high" : "low",
    outward: declared.some(({ outward }) => outward),
    touches: [...new Set(data)].sort(),
    actsAs: name,
  };
}

/** The task, and those that it may hand the work on to */
function tasksBehind(fleet: FleetView, task: PolicyTask, hops: number): readonly PolicyTask[] {
  if (hops <= 0) return [task];
  const behind = Object.entries(task.delegates).flatMap(([target, { depth }]) => {
    const [agent = "", name = ""] = target.split(".");
    const next = taskOf(fleet, agent, name);
    return next === undefined ? [] : tasksBehind(fleet, next, Math.min(hops, depth) - 1);
  });
  return [task, ...behind];
}

function taskOf({ policy, agentNamed }: FleetView, agent: string, task: string): PolicyTask | undefined {
  return own(own(policy.agents, agentNamed(agent)?.spiffeId ?? "")?.tasks, task);
}

function actionOf({ policy }: FleetView, call: string) {
  const dot = call.lastIndexOf(".");
  return own(own(policy.tools, call.slice(0, dot))?.actions, call.slice(dot + 1));
}

function isIn(names: Readonly<Record<string, true>> | "any", name: string): boolean {
  return names === "any" || Object.hasOwn(names, name);
}
