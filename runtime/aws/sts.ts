import { AssumeRoleCommand, type STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { Refusal } from "../refusal/refusal";
import { rfc3339 } from "../rfc3339";
import { assumeRoleInput, type RoleSession } from "./assume-role";
import type { AwsCredentials } from "./aws-credentials";

/** Over all attempts; after this time STS is not asked again. */
export const STS_DEADLINE_SECONDS = 8;

/** Bounds for the client: three attempts of three seconds at most, within {@link STS_DEADLINE_SECONDS} */
export const STS_BOUNDS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const satisfies STSClientConfig;

/** Errors about the exchange's own credentials, which say nothing about the agent */
const OWN_CREDENTIALS = ["ExpiredToken", "InvalidClientTokenId", "RequestExpired", "SignatureDoesNotMatch"];
const THROTTLED = ["RequestLimitExceeded", "Throttling", "TooManyRequests"];

/**
 * The role's credentials, good until STS or `end` ends them.
 *
 * @param end whole seconds since the epoch, which the session policy holds too
 * @throws Refusal `aws.policy-too-large`, `aws.refused` or `aws.unavailable`
 */
export async function assumeRole(
  sts: Pick<STSClient, "send">,
  session: RoleSession,
  end: number,
): Promise<AwsCredentials> {
  const command = new AssumeRoleCommand(assumeRoleInput(session));
  try {
    const { Credentials: given } = await sts.send(command, {
      abortSignal: AbortSignal.timeout(STS_DEADLINE_SECONDS * 1_000),
    });
    const { AccessKeyId, SecretAccessKey, SessionToken: Token, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !Token || Expiration === undefined) {
      throw new Error("STS answered without credentials");
    }
    const expires = Math.min(Math.floor(Expiration.getTime() / 1000), end);
    return { AccessKeyId, SecretAccessKey, Token, Expiration: rfc3339(expires) };
  } catch (error) {
    throw refusalOf(error);
  }
}

/** What STS says of a role in full may name what the caller need not know; only the code of the error is passed on. */
function refusalOf(error: unknown): Refusal {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const code = (name ?? "Error").replace(/Exception$/, "");
  const status = $metadata?.httpStatusCode;
  if (code === "PackedPolicyTooLarge") return Refusal.of("aws.policy-too-large", undefined, { cause: error });
  const refused = status !== undefined && status >= 400 && status < 500;
  if (!refused || status === 429 || [...OWN_CREDENTIALS, ...THROTTLED].includes(code)) {
    return Refusal.of("aws.unavailable", undefined, { cause: error });
  }
  return Refusal.of("aws.refused", `STS refused the role: ${code}`, { cause: error });
}
