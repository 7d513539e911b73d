import { UNKNOWN_CHAIN } from "../../domain/kill-order";
import { nameOfRole } from "../../runtime/kill-switch/agent-roles";
import type { StillWorks } from "../../runtime/kill-switch/result";
import { CliError } from "../program";
import { calledFunction, type RunProgram } from "./function-call";
import type { OperatorInterface, StopOrder } from "./operator-interface";
import type { Step } from "./outcome";

/** What came of one way to stop something */
export interface Report {
  readonly steps: readonly Step[];
  readonly horizon: readonly StillWorks[];
  /** Names of the agent's roles in AWS; undefined if they were not told */
  readonly roles?: readonly string[];
}

export interface FunctionCall {
  readonly name: string;
  readonly region: string | undefined;
  /** Names of the agent's roles, where they are known */
  readonly roles: readonly string[];
}

/** As many as the function takes (runtime/kill-switch/asked.ts) */
const MOST_ROLES = 64;

/** What the exchange does by itself; for the rest it takes the kill switch. Asked once, and waited for some seconds. */
export async function atExchange(exchange: OperatorInterface, order: StopOrder): Promise<Report> {
  try {
    const { already, known, horizon = [], roles } = await exchange.revoke(order);
    const refused = already ? "it was revoked before" : "exchange and gateway refuse from the next request on";
    // What lives on may be of another id: it is not told as stopped.
    const told: Pick<Step, "outcome" | "what"> =
      known === false ? { outcome: "failed", what: UNKNOWN_CHAIN } : { outcome: "done", what: refused };
    const step: Step = { step: "exchange", tries: 1, ...told };
    const named = roles?.map(nameOfRole);
    return { steps: [step, ...others(order, named)], horizon, ...(named !== undefined && { roles: named }) };
  } catch (error) {
    const failed: Step = { step: "exchange", outcome: "failed", tries: 1, what: (error as Error).message };
    return { steps: [failed, ...others(order, undefined)], horizon: [] };
  }
}

function others({ kind }: StopOrder, roles: readonly string[] | undefined): readonly Step[] {
  const step = (name: Step["step"], isNeeded: boolean): Step =>
    isNeeded
      ? { step: name, outcome: "not asked", tries: 0, what: "name --function, which does it" }
      : { step: name, outcome: "not needed", tries: 0, what: "there is nothing of it" };
  return [step("aws", kind === "agent" && roles?.length !== 0), step("kill-list", kind === "agent")];
}

export async function byFunction(run: RunProgram, call: FunctionCall, order: StopOrder): Promise<Report> {
  const isAgent = order.kind === "agent";
  const roles = call.roles.slice(0, MOST_ROLES);
  const event = isAgent && roles.length > 0 ? { ...order, roles } : order;
  try {
    const { steps, horizon = [] } = await calledFunction(run, call, event);
    return { steps: isAgent ? steps.map((step) => withEach(call.roles, step)) : steps, horizon };
  } catch (error) {
    if (error instanceof CliError) throw error;
    const what = (error as Error).message;
    const failed = (step: Step["step"]): Step => ({ step, outcome: "failed", tries: 1, what });
    const rest = isAgent ? [failed("aws"), failed("kill-list")] : others(order, undefined);
    return { steps: [failed("exchange"), ...rest], horizon: [] };
  }
}

/** AWS is not done while a role that is known to be the agent's is not among those that the function says it has denied. */
function withEach(roles: readonly string[], step: Step): Step {
  if (step.step !== "aws" || step.outcome === "failed") return step;
  const said = new Set(step.what.split(/[\s,;]+/));
  const missing = roles.filter((role) => !said.has(role));
  if (missing.length === 0) return step;
  const what = `${step.what}; AWSDenyAll is not known to be on ${missing.join(", ")}`;
  return { ...step, outcome: "failed", tries: Math.max(1, step.tries), what };
}
