import type { BlockRule } from "../../rule";
import { type BlockBody, flagOf, isObject, isReference, listOf, textsOf } from "../../value";

/** With `allowed_account_ids` the provider asks STS in which account it is, after it became the role, and ends in another one. */
export const providerAccount: BlockRule = {
  id: "AMBIT-PROVIDER-ACCOUNT",
  severity: "high",
  what: "a provider that becomes a role must name the accounts that it may change, and check in which one it is",
  why: "the stack is deployed into an account that no review has seen, and what it writes there belongs to others",
  fix: "write allowed_account_ids with the account of the role, and leave skip_requesting_account_id and skip_credentials_validation out",
  standards: ["sp800-53/AC-3", "owasp-nhi/NHI4"],
  looksAt: ["provider.aws"],
  *check({ body }) {
    for (const at of ["skip_requesting_account_id", "skip_credentials_validation"])
      if (flagOf(body, at) === true) yield { what: at, at, evidence: true };
    const roles = rolesOf(body);
    if (roles.length === 0) return;
    const allowed = textsOf(body, "allowed_account_ids");
    for (const [at, role] of roles) {
      const account = /^arn:[^:]*:iam::(\d{12}):role\//.exec(role)?.[1];
      // Of a role that is known at apply, the account is checked then.
      if (account === undefined ? allowed.length > 0 && isReference(role) : allowed.includes(account)) continue;
      yield { what: role, at, evidence: [role, allowed] };
    }
  },
};

function rolesOf(body: BlockBody): readonly (readonly [string, string])[] {
  return ["assume_role", "assume_role_with_web_identity"].flatMap((name) =>
    listOf(body[name]).flatMap((each) =>
      isObject(each) ? [[`${name}.role_arn`, String(each["role_arn"] ?? "")]] : [],
    ),
  ) as readonly (readonly [string, string])[];
}
