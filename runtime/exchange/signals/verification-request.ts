import { OutboundFailure } from "../../outbound/credential";
import { httpsPost } from "../../outbound/https-post";
import type { HeldToken } from "./held-token";
import type { SignalSource } from "./signals-schema";

const ANSWER_BYTES = 16_384;
const TOO_SOON = "every must be longer than min_verification_interval of the stream";

export interface VerificationRequestProps {
  readonly verification: Pick<NonNullable<SignalSource["verification"]>, "endpoint" | "streamId">;
  readonly token: HeldToken;
  /** PEM of the authorities of issuers; without it, what Node trusts */
  readonly ca: string | undefined;
}

/**
 * Asks a transmitter to send a verification event with this state.
 *
 * @throws OutboundFailure if the transmitter does not take the request, Refusal where there is no token for it
 */
export type RequestVerification = (state: string, signal: AbortSignal) => Promise<void>;

/** OpenID Shared Signals Framework 1.0 section 8.1.4.2 */
export function verificationRequest(props: VerificationRequestProps): RequestVerification {
  const { verification, token, ca } = props;
  const { endpoint: address, streamId } = verification;
  const post = httpsPost({ ca, answerBytes: ANSWER_BYTES });
  return async (state, signal) => {
    const headers = await token.headers(signal);
    const body = JSON.stringify({ stream_id: streamId, state });
    const { status } = await post({ address, type: "application/json", body, headers, signal });
    if (status === 204) return;
    token.drop();
    const fix = status === 429 ? TOO_SOON : "204 is expected: look at streamId, and at the scopes of the client";
    throw new OutboundFailure(
      `${new URL(address).origin} answered a request for verification with status ${status}, ${fix}`,
    );
  };
}
