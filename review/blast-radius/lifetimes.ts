import type { CredentialsKind } from "../../domain";
import { horizonFrom } from "../../domain/rules/horizon";
import { type Lifetime, type Certainty, through } from "./blast-radius";
import { cutTo, listText } from "../report/text-parts";
import type { WayRenewal } from "../reach/aws/chain/way-sessions";

/** STS: a session of a role assumed from another role lasts an hour at most. Source: IAM user guide, role chaining */
const CHAINED_SECONDS = 3_600;

/** How long an agent's credentials work after a kill: the rule of the registry applied to the registry's own values */
export interface AgentLifetimes {
  readonly tools: Lifetime;
  readonly aws: Lifetime;
}

export function agentLifetimes(credentials: CredentialsKind): AgentLifetimes {
  const facts = { name: "", credentials, hasTools: true, serves: false, hasAwsData: true, delegates: [] };
  const paths = horizonFrom<typeof facts>(facts, (one) => one);
  const of = (wanted: string): Lifetime =>
    paths.find(({ path }) => path === wanted) ?? { seconds: undefined, because: "when it ends is not known" };
  return { tools: of("tools"), aws: of("aws") };
}

/** For work handed on before the kill */
export function handOnLifetime({ seconds, because }: Lifetime): Lifetime {
  return { seconds, because: `handed on before the kill: ${because}` };
}

/** @param roles assumed one from another, each by credentials that work until their last second */
export function chainLifetime({ seconds, because }: Lifetime, roles: number): Lifetime {
  if (roles === 0) return { seconds, because };
  return {
    seconds: seconds === undefined ? undefined : seconds + roles * CHAINED_SECONDS,
    because: `${because}, then a session of ${roles === 1 ? "the role" : `each of ${roles} roles`} it becomes`,
  };
}

/** For an identity that the attacker becomes: a kill of the first identity does not end it */
export function otherLifetime({ because, isRenewed }: Lifetime): Lifetime {
  const { others } = NO_KILL_ENDS;
  return isRenewed === undefined ? others : { ...others, because: `${others.because}; and ${because}`, isRenewed };
}

export const NO_KILL_ENDS: Readonly<Record<"rights" | "pods" | "podIdentities" | "others", Lifetime>> = {
  rights: { seconds: undefined, because: "a kill removes no right in a cluster: remove the binding" },
  pods: { seconds: undefined, because: "a kill ends no running pod: delete it" },
  podIdentities: {
    seconds: undefined,
    because: "EKS gives its pods sessions anew as long as they run: remove the pod identity association",
  },
  others: { seconds: undefined, because: "a kill of one agent does not stop another: kill it too" },
};

/** @param maxSession seconds as written */
export function roleLifetime(maxSession: string): Lifetime {
  const seconds = Number(maxSession);
  const because = "a session of the role that was issued before";
  return { seconds: Number.isFinite(seconds) ? seconds : undefined, because };
}

/** Roles of a ring that a text names */
const MOST_NAMED = 3;

/** How long something lasts, and whether that is certain */
export interface UncertainLifetime extends Certainty {
  readonly lasting: Lifetime;
}

/** How long sessions that end may last */
export interface SessionEnd {
  readonly lasting: Lifetime;
  /** A longer lifetime that is only possible: `unknown` says why */
  readonly longer?: Required<UncertainLifetime>;
}

/**
 * How long a thing is reached, by sessions that end or by sessions renewed without end.
 *
 * A certain lifetime and a longer possible one give two entries.
 */
export function sessionLifetimes(
  certainty: Certainty,
  { lasting: ends, longer }: SessionEnd,
  renewal: WayRenewal | undefined,
): readonly UncertainLifetime[] {
  const isSure = certainty.unknown === undefined;
  const beside = (possible: UncertainLifetime): readonly UncertainLifetime[] =>
    isSure ? [{ lasting: ends }, possible] : [possible];
  if (renewal === undefined) {
    return longer === undefined
      ? [{ ...certainty, lasting: ends }]
      : beside({ ...through(longer.unknown, certainty), lasting: longer.lasting });
  }
  const lasting = renewed(renewal.ring);
  if (renewal.unknown === undefined) return [{ ...certainty, lasting }];
  return beside({ ...through(`whether ${doubt(renewal)} is not known: ${renewal.unknown}`, certainty), lasting });
}

/** The uncertain part: whether the ring exists, or only whether it is reachable */
function doubt({ ring, isRing }: WayRenewal): string {
  const { roles, become } = wordsOf(ring);
  return isRing ? `a way by ${roles}, which ${become}, leads here` : `${roles} ${become}`;
}

function renewed(ring: readonly string[]): Lifetime {
  const { roles, become } = wordsOf(ring);
  const because =
    ring.length === 1
      ? `${roles} ${become}, which renews its sessions without end: cut its trust in itself`
      : `${roles} ${become}, which renews their sessions without end: cut the trust of one in another`;
  return { seconds: undefined, because, isRenewed: true };
}

interface Words {
  readonly roles: string;
  readonly become: string;
}

/** A ring may have thousands of roles, and each of them reports it. A memo on a frozen value. */
const WORDS = new WeakMap<readonly string[], Words>();

function wordsOf(ring: readonly string[]): Words {
  const known = WORDS.get(ring) ?? inWords(ring);
  WORDS.set(ring, known);
  return known;
}

/** The same text for every role of the ring */
function inWords(ring: readonly string[]): Words {
  const first = ring.reduce((one, other) => (other < one ? other : one), ring[0] ?? "");
  if (ring.length === 1) return { roles: `role ${first}`, become: "may become itself" };
  const at = ring.indexOf(first);
  const named = listText(cutTo(MOST_NAMED, [...ring.slice(at), ...ring.slice(0, at)]));
  return { roles: `roles ${named}`, become: "may become one another" };
}
