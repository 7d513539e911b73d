import type { AccessRequest } from "../../../iam/access/access";

/** What follows from who asks */
const OF_PRINCIPAL = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalIsAWSService"];
const ROLE = /^AWS:arn:.+:(?:role|assumed-role)\//;

/** One request, in words */
export function requestText({ action, resource, principal, keys }: AccessRequest): string {
  const known = principal !== undefined && followFrom(principal, keys) ? OF_PRINCIPAL : [];
  const conditions = Object.entries(keys)
    .filter(([key]) => !known.includes(key))
    .map(([key, values]) => `${key} = ${values.join(", ") || "(nothing)"}`);
  return [
    ...(principal === undefined ? [] : [`${principal}:`]),
    action,
    "on",
    resource,
    ...(conditions.length === 0 ? [] : ["where", conditions.join(" and ")]),
  ].join(" ");
}

function followFrom(principal: string, keys: AccessRequest["keys"]): boolean {
  const [arn] = keys["aws:PrincipalArn"] ?? [];
  if (arn === undefined) return false;
  const name = arn.slice(arn.lastIndexOf("/"));
  return principal === `AWS:${arn}` || (ROLE.test(principal) && principal.includes(`${name}/`));
}
