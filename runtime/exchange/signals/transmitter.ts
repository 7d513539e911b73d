import { INPUT_LIMITS } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import type { Log } from "../../log";
import type { JsonObject } from "../../jose/json";
import { OutboundFailure } from "../../outbound/credential";
import { httpsPost } from "../../outbound/https-post";
import type { HeldToken } from "./held-token";
import { MOST_EVENTS } from "./most-events";
import type { Poll, Polled } from "./polling";

/** Bytes of an answer: so many tokens of the longest that are read, with their names */
const ANSWER_BYTES = 2_097_152;

export interface TransmitterProps {
  /** https address */
  readonly poll: string;
  readonly token: HeldToken;
  /** PEM of the authorities of issuers; without it, what Node trusts */
  readonly ca: string | undefined;
  readonly log: Log;
}

/** Polls one transmitter of security events (RFC 8936 section 2). */
export function transmitter({ poll: address, token, ca, log }: TransmitterProps): Poll {
  const post = httpsPost({ ca, answerBytes: ANSWER_BYTES });
  const { origin } = new URL(address);
  let told: string | undefined;
  const tell = (because: string | undefined): void => {
    if (because !== undefined && because !== told) log("signals.unnamed", { because });
    told = because;
  };
  return async ({ ack, setErrs }, signal) => {
    const headers = await token.headers(signal);
    const asked = {
      maxEvents: MOST_EVENTS,
      returnImmediately: true,
      ...(ack.length > 0 && { ack }),
      ...(Object.keys(setErrs).length > 0 && { setErrs }),
    };
    const what = { address, type: "application/json", body: JSON.stringify(asked), headers, signal };
    const { status, json } = await post(what);
    if (status === 200 && json !== undefined) return polledIn(json, origin, tell);
    token.drop();
    const expected = "and 200 with a JSON object of type application/json is expected";
    throw new OutboundFailure(`${origin} answered with status ${status}, ${expected}`);
  };
}

/**
 * Events beyond the requested number wait for the next poll. One without a `jti` cannot be answered, and does not block
 * the others.
 */
function polledIn({ sets }: JsonObject, from: string, tell: (because: string | undefined) => void): Polled {
  if (!isRecord(sets)) throw new OutboundFailure(`${from} must answer sets, an object of security event tokens`);
  const all = Object.entries(sets);
  const named = all.filter(([name]) => name !== "" && name.length <= INPUT_LIMITS.text);
  const because = `${from} must answer security event tokens by names of at most ${INPUT_LIMITS.text}`;
  tell(named.length < all.length ? because : undefined);
  const asked = named.slice(0, MOST_EVENTS);
  return {
    sets: new Map(asked.filter((each): each is [string, string] => typeof each[1] === "string")),
    odd: asked.flatMap(([name, set]) => (typeof set === "string" ? [] : [name])),
  };
}
