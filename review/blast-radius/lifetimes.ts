import type { CredentialsKind } from "../../domain";
import { horizonFrom } from "../../domain/rules/horizon";
import { type Lifetime, type Certainty, through } from "./blast-radius";
import { cutTo, listText } from "../report/text-parts";
import type { WayRenewal } from "../reach/aws/chain/way-sessions";

/** STS: sessions of a role that a role becomes last an hour at most. Source: IAM user guide, role chaining */
const CHAINED_SECONDS = 3_600;

/** How long what an agent was given works after a kill: the rule of the registry, by what the registry says */
export interface AgentLifetimes {
  readonly tools: Lifetime;
  readonly aws: Lifetime;
}

export function agentLifetimes(credentials: CredentialsKind): AgentLifetimes {
  const facts = { name: "", credentials, hasTools: true, serves: false, hasAwsData: true, delegates: [] };
  const paths = horizonFrom<typeof facts>(facts, (one) => one);
  const of = (wanted: string): Lifetime =>
    paths.find(({ path }) => path === wanted) ?? { seconds: undefined, because: "nobody says when it ends" };
  return { tools: of("tools"), aws: of("aws") };
}

/** Handed on before the kill */
export function handOnLifetime({ seconds, because }: Lifetime): Lifetime {
  return { seconds, because: `handed on before the kill: ${because}` };
}

/** @param roles that are assumed one from another, each by credentials that work until their last second */
export function chainLifetime({ seconds, because }: Lifetime, roles: number): Lifetime {
  if (roles === 0) return { seconds, because };
  return {
    seconds: seconds === undefined ? undefined : seconds + roles * CHAINED_SECONDS,
    because: `${because}, then a session of ${roles === 1 ? "the role" : `each of ${roles} roles`} it becomes`,
  };
}

/** For an identity that the attacker becomes: a kill of the first one does not end it */
export function otherLifetime({ because, isRenewed }: Lifetime): Lifetime {
  const { others } = NO_KILL_ENDS;
  return isRenewed === undefined ? others : { ...others, because: `${others.because}; and ${because}`, isRenewed };
}

export const NO_KILL_ENDS: Readonly<Record<"rights" | "pods" | "podIdentities" | "others", Lifetime>> = {
  rights: { seconds: undefined, because: "a kill takes no right in a cluster away: remove the binding" },
  pods: { seconds: undefined, because: "a kill ends no pod that runs: delete it" },
  podIdentities: {
    seconds: undefined,
    because: "EKS gives its pods sessions anew as long as they run: remove the pod identity association",
  },
  others: { seconds: undefined, because: "a kill of one agent is none of another: kill it too" },
};

/** @param maxSession seconds, as they are written */
export function roleLifetime(maxSession: string): Lifetime {
  const seconds = Number(maxSession);
  const because = "a session of the role that was issued before";
  return { seconds: Number.isFinite(seconds) ? seconds : undefined, because };
}

/** Roles of a ring that are named */
const MOST_NAMED = 3;

/** For how long something lasts, and whether that is so */
export interface UncertainLifetime extends Certainty {
  readonly lasting: Lifetime;
}

/** How long sessions last that end after a while */
export interface SessionEnd {
  readonly lasting: Lifetime;
  /** For longer, where that is only possible: `unknown` says why */
  readonly longer?: Required<UncertainLifetime>;
}

/**
 * How long something lasts with sessions that end after a while, or are renewed without end.
 *
 * What is certain for a while, and may last for longer or without end, stands twice.
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

/** What is not certain: whether the ring is one, or only whether it can be reached */
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

/** A ring may have thousands of roles, and be reported for each. A memo on a frozen value. */
const WORDS = new WeakMap<readonly string[], Words>();

function wordsOf(ring: readonly string[]): Words {
  const known = WORDS.get(ring) ?? inWords(ring);
  WORDS.set(ring, known);
  return known;
}

/** In the same words, wherever on the ring somebody begins */
function inWords(ring: readonly string[]): Words {
  const first = ring.reduce((one, other) => (other < one ? other : one), ring[0] ?? "");
  if (ring.length === 1) return { roles: `role ${first}`, become: "may become itself" };
  const at = ring.indexOf(first);
  const named = listText(cutTo(MOST_NAMED, [...ring.slice(at), ...ring.slice(0, at)]));
  return { roles: `roles ${named}`, become: "may become one another" };
}
