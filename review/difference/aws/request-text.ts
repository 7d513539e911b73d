import type { AccessRequest } from "../../../iam/access/access";

/** One request, in words */
export function requestText({ action, resource, principal, keys }: AccessRequest): string {
  const conditions = Object.entries(keys).map(([key, values]) => `${key} = ${values.join(", ") || "(nothing)"}`);
  return [
    ...(principal === undefined ? [] : [`${principal}:`]),
    action,
    "on",
    resource,
    ...(conditions.length === 0 ? [] : ["where", conditions.join(" and ")]),
  ].join(" ");
}
