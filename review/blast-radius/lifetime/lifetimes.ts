import type { CredentialsKind } from "../../../domain";
import { horizonFrom } from "../../../domain/rules/horizon";
import type { Lasting } from "../blast-radius";

/** STS: sessions of a role that a role becomes last an hour at most. Source: IAM user guide, role chaining */
const CHAINED_SECONDS = 3_600;

/** How long what an agent was given works after a kill: the rule of the registry, by what the registry says */
export interface AgentLasting {
  readonly tools: Lasting;
  readonly aws: Lasting;
}

export function lastingOf(credentials: CredentialsKind): AgentLasting {
  const facts = { name: "", credentials, hasTools: true, serves: false, hasAwsData: true, delegates: [] };
  const paths = horizonFrom<typeof facts>(facts, (one) => one);
  const of = (wanted: string): Lasting =>
    paths.find(({ path }) => path === wanted) ?? { seconds: undefined, because: "nobody says when it ends" };
  return { tools: of("tools"), aws: of("aws") };
}

/** Handed on before the kill */
export function handedOn({ seconds, because }: Lasting): Lasting {
  return { seconds, because: `handed on before the kill: ${because}` };
}

/** @param roles that are assumed one from another, each by credentials that work until their last second */
export function chained({ seconds, because }: Lasting, roles: number): Lasting {
  if (roles === 0) return { seconds, because };
  return {
    seconds: seconds === undefined ? undefined : seconds + roles * CHAINED_SECONDS,
    because: `${because}, then a session of ${roles === 1 ? "the role" : `each of ${roles} roles`} it becomes`,
  };
}

/** For an identity that the attacker becomes: a kill of the first one does not end it */
export function ofOther({ because, isRenewed }: Lasting): Lasting {
  const { others } = NO_KILL_ENDS;
  return isRenewed === undefined ? others : { ...others, because: `${others.because}; and ${because}`, isRenewed };
}

export const NO_KILL_ENDS: Readonly<Record<"rights" | "pods" | "podIdentities" | "others", Lasting>> = {
  rights: { seconds: undefined, because: "a kill takes no right in a cluster away: remove the binding" },
  pods: { seconds: undefined, because: "a kill ends no pod that runs: delete it" },
  podIdentities: {
    seconds: undefined,
    because: "EKS gives its pods sessions anew as long as they run: remove the pod identity association",
  },
  others: { seconds: undefined, because: "a kill of one agent is none of another: kill it too" },
};

/** @param maxSession seconds, as they are written */
export function ofRole(maxSession: string): Lasting {
  const seconds = Number(maxSession);
  const because = "a session of the role that was issued before";
  return { seconds: Number.isFinite(seconds) ? seconds : undefined, because };
}
