import { LIMITS } from "../../../domain";
import { deniedBy } from "../../refusal/denied";
import { LEVELS, rank } from "../../session/common";
import { knowerName, knowerOf } from "../../session/knower";
import { membersOf } from "../../session/members";
import { refuseReserved } from "../../session/reservation";
import { plan, type SessionPlan } from "../../session/sessions";
import { chainBehind, edgesOf } from "./chain";
import type { RunInSession, Situation } from "./run-of-request";

/**
 * What handing work on makes of the sessions of both: whoever has the token may already have been told what its delegator
 * knows, before it begins a run with it. So its session is there from now on, and knows it.
 *
 * @param delegate `<agent>.<task>`
 * @throws Refusal `delegation.above-sensitivity` where the delegator knows more than an edge of the way lets through; else
 *   as at the start of the delegate's run
 */
export async function handedOn(
  { fleet, state, now }: Situation,
  { run, changed: [own, delegator] }: Pick<RunInSession, "changed" | "run">,
  delegate: string,
): Promise<Pick<SessionPlan, "changed" | "writes">> {
  const [name = "", task = ""] = delegate.split(".");
  const agent = fleet.agentNamed(name);
  if (agent === undefined) throw deniedBy("delegation.undeclared");
  const chain = chainBehind(run);
  // Before the delegate is told anything: what it is told, it may keep for ever, and an agent of shared memory for everybody.
  const lets = Math.min(...edgesOf(fleet, chain, agent, task).map(({ sensitivity }) => sensitivity));
  if (rank(own.next.mark) > lets) throw deniedBy("delegation.above-sensitivity");
  // What waits to be read may not go along the edge either: the delegate's side is not kept waiting for it.
  const linked = membersOf([own.knower], own.next.links, now).has(knowerName(knowerOf(agent, run)));
  if (!linked) refuseReserved(own.next, LEVELS[lets], now);
  const { changed, writes } = await plan(
    state,
    {
      fleet,
      agent,
      proven: {
        by: "delegation",
        user: run.user,
        expiresAt: undefined,
        parent: run,
        parentToken: undefined,
        outside: undefined,
      },
      chain,
      run: run.run,
      // The token is good for as long, and the run that begins with it makes the link last as long as itself.
      expiresAt: Math.min(now + LIMITS.accessToken.seconds, run.expiresAt),
      now,
    },
    own,
  );
  const [handed, from] = changed;
  // Work may be handed back to the agent it came from: that is one session, and is written once.
  const other =
    delegator === undefined || knowerName(delegator.knower) === knowerName(handed.knower) ? [] : [delegator];
  return { changed: [from ?? own, handed, ...other], writes };
}
