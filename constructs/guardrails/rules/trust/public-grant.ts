import { GRANTEE_TYPES, granteesOf } from "../../grantees";
import type { BlockRule } from "../../rule";
import { type BlockBody, textsOf, UndecidedValue } from "../../value";

/** Rights that are given by no policy: of functions' layers, keys, snapshots, images, documents, endpoint services and shares. An organisation that is named bounds them. */
export const publicGrant: BlockRule = {
  id: "AMBIT-TRUST-PUBLIC-GRANT",
  severity: "critical",
  what: "a right that is given outside of a policy must name who gets it",
  why: "every account of AWS, and so every attacker, uses or copies what is shared",
  fix: "name the account or the role",
  standards: ["owasp-nhi/NHI6", "owasp-nhi/NHI4", "sp800-53/AC-3", "maestro/L4"],
  looksAt: GRANTEE_TYPES.filter((type) => type !== "aws_lambda_permission"),
  *check(block, stack) {
    if (isOfOrganisation(block.body)) return;
    for (const grantee of granteesOf(block, stack)) {
      if (grantee instanceof UndecidedValue) yield grantee;
      else if (EVERYONE.test(grantee.value)) {
        yield { what: `${grantee.at}::${grantee.value}`, at: grantee.at, evidence: grantee.value };
      }
    }
  },
};

/** A wildcard as the whole name, or as the account; words of EC2, RDS, Systems Manager, Lake Formation and S3 */
const EVERYONE =
  /^[*?]+$|^all$|^arn:[^:]*:(?:iam|sts)::[^:]*[*?]|^(?:IAM_ALLOWED_PRINCIPALS|EVERYONE|AllUsers|AuthenticatedUsers)$/i;

/** Layers name one by an attribute, buses of events by a condition */
function isOfOrganisation(body: BlockBody): boolean {
  if (isOrganisation(textsOf(body, "organization_id")[0])) return true;
  const [condition] = [body["condition"] ?? []].flat() as readonly BlockBody[];
  return condition?.["key"] === "aws:PrincipalOrgID" && isOrganisation(textsOf(condition, "value")[0]);
}

function isOrganisation(value: string | undefined): boolean {
  return value !== undefined && /^o-[a-z0-9]+$/.test(value);
}
