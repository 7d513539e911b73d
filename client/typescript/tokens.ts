import { type Answer, dateOf, textOf, timeOf } from "./answers";

/** A token for one audience, bound to the pod's SVID: worthless elsewhere, and good for minutes */
export interface AccessToken {
  /** The token itself */
  readonly value: string;
  /** For the header `Authorization`: type and value */
  readonly authorization: string;
  readonly expiresAt: Date;
  /** Names of the actions it is for; undefined where it has none */
  readonly actions: readonly string[] | undefined;
}

/** @throws AmbitUnavailable where the answer has no token */
export function tokenOf(answer: Answer): AccessToken {
  const value = textOf(answer, "access_token");
  const { scope } = answer;
  return {
    value,
    authorization: `${textOf(answer, "token_type")} ${value}`,
    expiresAt: dateOf(answer, "expires_at"),
    actions: Array.isArray(scope) ? scope.map(String) : undefined,
  };
}

/** As the AWS SDK for JavaScript v3 takes them */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** The SDK asks again 5 minutes before */
  readonly expiration: Date;
}

/** @throws AmbitUnavailable where the answer has no credentials */
export function credentialsOf(answer: Answer): AwsCredentialIdentity {
  return {
    accessKeyId: textOf(answer, "AccessKeyId"),
    secretAccessKey: textOf(answer, "SecretAccessKey"),
    sessionToken: textOf(answer, "Token"),
    expiration: timeOf(answer, "Expiration"),
  };
}
