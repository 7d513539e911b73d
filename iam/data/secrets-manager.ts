import { allow, type Statement } from "../statement";
import { checkAccesses, checkName } from "./check";
import { keyStatements } from "./kms";
import type { DataAccessKind, SecretTarget } from "./target";

export const SECRETS_MANAGER_ACTIONS = ["secretsmanager:GetSecretValue"] as const;

/** Source: Secrets Manager API, CreateSecret, `Name`. */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** `read` the value of a secret: agents neither write nor list them. */
export function secretStatements(target: SecretTarget, accesses: readonly DataAccessKind[]): readonly Statement[] {
  checkAccesses("secret", accesses, ["read"]);
  checkName("secret", target.secret, NAME, 'a secret name of 1 to 512 letters, digits or characters of "/_+=.@-"');
  // AWS appends a hyphen and six characters to the name, different each time the secret is created.
  const arn = `arn:${target.partition}:secretsmanager:${target.region}:${target.account}:secret:${target.secret}-??????`;
  return [allow(SECRETS_MANAGER_ACTIONS, arn)];
}

export function secretKeyStatements(target: SecretTarget): readonly Statement[] {
  return keyStatements(target, "secretsmanager", ["kms:Decrypt"]);
}
