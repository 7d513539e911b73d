import { cutTo, listed } from "../report/shown";
import type { WayRenewal } from "../reach/aws/chain/way-sessions";
import { type Certainty, type Lasting, through } from "./reached";

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
  return beside({ ...through(`whether ${who(renewal.ring)} is not known: ${renewal.unknown}`, certainty), lasting });
}

function renewed(ring: readonly string[]): Lasting {
  const because =
    ring.length === 1
      ? `${who(ring)}, which renews its sessions without end: cut its trust in itself`
      : `${who(ring)}, which renews their sessions without end: cut the trust of one in another`;
  return { seconds: undefined, because, isRenewed: true };
}

/** In the same words, wherever on the ring somebody begins */
function who(ring: readonly string[]): string {
  const [first = ""] = [...ring].sort();
  if (ring.length === 1) return `role ${first} may become itself`;
  const at = ring.indexOf(first);
  return `roles ${listed(cutTo(MOST_NAMED, [...ring.slice(at), ...ring.slice(0, at)]))} may become one another`;
}
