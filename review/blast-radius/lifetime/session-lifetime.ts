import { cutTo, listed } from "../../report/text-parts";
import type { WayRenewal } from "../../reach/aws/chain/way-sessions";
import { type Certainty, type Lasting, through } from "../blast-radius";

/** Roles of a ring that are named */
const MOST_NAMED = 3;

/** For how long something lasts, and whether that is so */
export interface Lasts extends Certainty {
  readonly lasting: Lasting;
}

/** How long sessions last that end after a while */
export interface Ends {
  readonly lasting: Lasting;
  /** For longer, where that is only possible: `unknown` says why */
  readonly longer?: Required<Lasts>;
}

/**
 * How long something lasts with sessions that end after a while, or are renewed without end.
 *
 * What is certain for a while, and may last for longer or without end, stands twice.
 */
export function lastsOf(
  certainty: Certainty,
  { lasting: ends, longer }: Ends,
  renewal: WayRenewal | undefined,
): readonly Lasts[] {
  const isSure = certainty.unknown === undefined;
  const beside = (possible: Lasts): readonly Lasts[] => (isSure ? [{ lasting: ends }, possible] : [possible]);
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

function renewed(ring: readonly string[]): Lasting {
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
  const named = listed(cutTo(MOST_NAMED, [...ring.slice(at), ...ring.slice(0, at)]));
  return { roles: `roles ${named}`, become: "may become one another" };
}
