import { createHash, timingSafeEqual } from "node:crypto";
import type { SecretReader } from "../../outbound/secrets";
import { type Log, told } from "../../log";
import { Refusal } from "../../refusal/refusal";
import { AtOnce } from "../http/at-once";
import { textOf } from "../http/body";
import type { SignalReceiver } from "./receiver";
import { type SetError, SetRefused } from "./set-refused";

/** Where a transmitter sends security events (RFC 8935): `delivery.endpoint_url` of its stream is this, at the host of the approvers' page. */
export const PUSH_PATH = "/security-events";

/** RFC 8935 section 2.4: an unauthenticated sender learns only that, and nothing about the event. */
type PushError = SetError | "authentication_failed";

const TYPE = /^application\/secevent\+jwt$/i;
/** Of one transmitter, at once: each may ask the store */
export const MOST_UNDER_WAY = 16;
/** For Secrets Manager; the transmitter waits for the answer */
const SECRET_MILLISECONDS = 5_000;
const AGAIN_SECONDS = 5;

export interface PushSource {
  readonly issuer: string;
  /** ARN of the secret that is the whole value of the transmitter's header `Authorization` */
  readonly authorization: string;
  readonly receiver: Pick<SignalReceiver, "pushed">;
}

export interface PushedEventsProps {
  readonly sources: readonly PushSource[];
  readonly secrets: SecretReader;
  readonly log: Log;
}

/**
 * Takes security events that transmitters push (RFC 8935 section 2), each one by itself.
 *
 * INVARIANT: 202 is answered only once what follows from the event is written, or was.
 */
export class PushedEvents {
  private readonly atOnce = new AtOnce(MOST_UNDER_WAY);
  /** Last failure, so that an unauthenticated sender cannot fill the log with repeats. */
  private failure: string | undefined;

  constructor(private readonly props: PushedEventsProps) {}

  /** Never rejects. */
  public async answer(request: Request): Promise<Response> {
    try {
      const source = await this.sourceOf(request.headers.get("authorization"));
      if (source === undefined) {
        return refused("authentication_failed", "Authorization must be the value that this receiver was given");
      }
      const answer = await this.atOnce.of(source.issuer, () => taken(source, request));
      this.failure = undefined;
      return answer;
    } catch (error) {
      if (error instanceof Refusal && error.message === "request.too-many") return tooMany();
      this.tell(told(error));
      return later();
    }
  }

  private tell(because: string): void {
    if (because !== this.failure) this.props.log("signals.failed", { because });
    this.failure = because;
  }

  /** By the one that has this header. Each is compared whole, however the one before was. */
  private async sourceOf(shown: string | null): Promise<PushSource | undefined> {
    if (shown === null) return undefined;
    let found: PushSource | undefined;
    for (const source of this.props.sources) {
      const { text } = await this.props.secrets.read(source.authorization, AbortSignal.timeout(SECRET_MILLISECONDS));
      if (timingSafeEqual(digestOf(shown), digestOf(text))) found ??= source;
    }
    return found;
  }
}

/** @throws StoreUnavailable and other errors, after which the event is not answered */
async function taken({ receiver }: PushSource, request: Request): Promise<Response> {
  const token = await tokenIn(request);
  if (token instanceof Refusal) return refused("invalid_request", token.reasons[0]?.what ?? token.message);
  try {
    return (await receiver.pushed(token)) ? new Response(null, { status: 202, headers: NOT_KEPT }) : later();
  } catch (error) {
    if (error instanceof SetRefused) return refused(error.code, error.message);
    throw error;
  }
}

/** @returns a Refusal if there is no token */
async function tokenIn(request: Request): Promise<string | Refusal> {
  try {
    if (request.headers.has("content-encoding")) throw Refusal.of("request.malformed", "the body must have no coding");
    return await textOf(request, TYPE, "application/secevent+jwt");
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const NOT_KEPT = { "cache-control": "no-store" } as const;

/** RFC 8935 section 2.3: 400 also where the transmitter is not authenticated */
function refused(err: PushError, description: string): Response {
  const headers = { ...NOT_KEPT, "content-type": "application/json", "content-language": "en" };
  return new Response(JSON.stringify({ err, description }), { status: 400, headers });
}

/** Not answered: the transmitter sends the event again. */
function later(): Response {
  return new Response(null, { status: 503, headers: { ...NOT_KEPT, "retry-after": String(AGAIN_SECONDS) } });
}

function tooMany(): Response {
  return new Response(null, { status: 429, headers: { "retry-after": "1" } });
}

function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
