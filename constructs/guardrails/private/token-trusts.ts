import { type Statement, valuesOf } from "../../../iam";
import { isReference } from "../value";

/** A claim of one issuer, whose address is written or begins with one expression */
const CLAIM = /^(?:\$\{[^{}]*\})?[a-z0-9./-]*:(aud|sub)$/i;

/**
 * Whether a statement opens a role to one subject and one audience of tokens alone, by StringEquals: then an expression in its principal may
 * stand for any provider of the account. Only a token has such claims, and has those of its own issuer, so that a wildcard opens it no
 * further. Which issuers an account trusts has a rule of its own.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
export function isOfOneToken({ Principal, Action, NotAction, Condition }: Statement): boolean {
  if (NotAction !== undefined || typeof Principal !== "object" || Object.keys(Principal).join() !== "Federated")
    return false;
  const actions = valuesOf(Action);
  if (actions.length === 0 || !actions.every((action) => /^sts:AssumeRoleWithWebIdentity$/i.test(action))) return false;
  const claims = Object.entries(Condition?.["StringEquals"] ?? {}).flatMap(([key, values]) => {
    const written = valuesOf(values);
    const isOne = written.length === 1 && !written.some((value) => value === "" || isReference(value));
    return isOne ? [CLAIM.exec(key)?.[1]?.toLowerCase()] : [];
  });
  return claims.includes("aud") && claims.includes("sub");
}
