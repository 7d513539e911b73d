import type { OAuthError } from "../../../domain";
import type { Refusal } from "../../refusal/refusal";

/** Seconds after which a client that was told to wait may ask again */
export const RETRY_AFTER_SECONDS = 2;

/** On every answer: a browser has no business here. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
};

/** RFC 6749 section 5.1 */
export const UNSTORED: Readonly<Record<string, string>> = { "cache-control": "no-store", pragma: "no-cache" };

/** Those that are not 400 (RFC 6749 section 5.2) */
const STATUS: Readonly<Partial<Record<OAuthError, number>>> = {
  invalid_client: 401,
  invalid_token: 401,
  temporarily_unavailable: 503,
};

/** How a 401 says what to authenticate with (RFC 9110 section 11.6.1) */
const CHALLENGES: Readonly<Partial<Record<OAuthError, string>>> = {
  invalid_client: 'Bearer error="invalid_client"',
  invalid_dpop_proof: 'DPoP error="invalid_dpop_proof", algs="ES256"',
  invalid_token: 'Bearer error="invalid_token", DPoP error="invalid_token", algs="ES256"',
};

export function json(body: unknown, headers: Readonly<Record<string, string>> = UNSTORED, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json", ...headers, ...SECURITY_HEADERS },
  });
}

/**
 * RFC 6749 section 5.2, with the reasons.
 *
 * @param status where the error has another one here than at the token endpoint
 */
export function refused(refusal: Refusal, status = STATUS[refusal.error] ?? 400): Response {
  const { error, waiting } = refusal;
  const headers: Record<string, string> = { ...UNSTORED };
  const challenge = CHALLENGES[error];
  if (status === 401 && challenge !== undefined) headers["www-authenticate"] = challenge;
  if (waiting !== undefined) headers["retry-after"] = `${waiting.seconds}`;
  else if (status === 503) headers["retry-after"] = `${RETRY_AFTER_SECONDS}`;
  return json(refusalBody(refusal), headers, status);
}

export function refusalBody({ error, reasons, more }: Refusal): Readonly<Record<string, unknown>> {
  const description = reasons.map(({ what, fix }) => `${what}: ${fix}`).join("; ");
  return { error, error_description: visibleAscii(description), reasons, ...more };
}

/** RFC 6749 section 5.2 allows %x20-21 / %x23-5B / %x5D-7E in error_description. */
function visibleAscii(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "?");
}
