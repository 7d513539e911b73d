import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import { rank } from "../../session/knowledge";
import { chainBehind, edgesOf } from "./chain";
import type { RunInSession, Situation } from "./run-of-request";

/**
 * Whether work may be handed on now. The delegate learns nothing yet: the request, when it arrives, carries what its
 * sender has read by then.
 *
 * @param delegate `<agent>.<task>`
 * @throws Refusal `delegation.undeclared`; `delegation.not-served`; `delegation.above-sensitivity` if the delegator's
 *   mark is higher than an edge of the way allows
 */
export function refuseHandingOn(
  { fleet }: Pick<Situation, "fleet">,
  { run, own }: Pick<RunInSession, "own" | "run">,
  delegate: string,
): void {
  const [name = "", task = ""] = delegate.split(".");
  const agent = fleet.agentNamed(name);
  if (agent === undefined) throw deniedBy("delegation.undeclared");
  if (agent.tasks.get(task)?.servedBy.length === 0) throw Refusal.of("delegation.not-served");
  const lets = Math.min(...edgesOf(fleet, chainBehind(run), agent, task).map(({ sensitivity }) => sensitivity));
  if (rank(own.next.mark) > lets) throw deniedBy("delegation.above-sensitivity");
}
