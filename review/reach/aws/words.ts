import type { LayerKind } from "./layer";
import type { AwsPath, PathKind, WayId, WayStart } from "./way";
import { type Statement, valuesOf } from "../../../iam";
import type { AccessRequest } from "../../../iam/access/access";

// Text for people. Code never compares it or takes it apart: it has keys and kinds for that.

const LAYERS: Readonly<Record<LayerKind, string>> = {
  role: "role",
  boundary: "boundary",
  session: "session policy",
  keys: "policies of keys",
  trusts: "trust policies of roles",
  resources: "policies of resources",
  asker: "who asks",
};

const PATHS: Readonly<Record<PathKind, string>> = {
  rights: "",
  alone: " alone",
  granted: " by policies of resources",
  "granted-in-session": " by policies of resources, in one session",
};

export function layerText(kind: LayerKind): string {
  return LAYERS[kind];
}

/** Such as `task answer → role arn:aws:iam::111122223333:role/reader` */
export function wayText({ start, assumed }: WayId): string {
  const first = startText(start);
  return assumed === undefined ? first : `${first} → ${roleText(assumed)}`;
}

/** Such as `its role by policies of resources` */
export function pathText({ way: { id }, kind, ifUnread }: Pick<AwsPath, "way" | "kind" | "ifUnread">): string {
  return `${wayText(id)}${PATHS[kind]}${ifUnread ? ", if what cannot be read allows it" : ""}`;
}

function startText(start: WayStart): string {
  switch (start.by) {
    case "task":
      return `task ${start.task}`;
    case "role":
      return start.role ?? "its role";
    case "pods":
      return `its pods → ${roleText(start)}`;
    case "identity":
      return `its own identity → ${roleText(start)}`;
  }
}

function roleText({ role, isCertain }: { readonly role: string; readonly isCertain: boolean }): string {
  return `role ${role}${isCertain ? "" : ", if it may become it"}`;
}

/** Condition keys that follow from the principal */
const OF_PRINCIPAL = ["aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalIsAWSService"];
const ROLE = /^AWS:arn:.+:(?:role|assumed-role)\//;

/** The example name of any role in an account */
const ANY_ROLE = /:role\/any(?:-other)*$/;
const ACCOUNT = /^AWS:arn:[^:]*:(?:iam|sts)::(.*?):/;

/**
 * The principal in words: a condition narrows it further than the account that a policy names.
 *
 * @param statement that allows the request
 */
export function whoText({ principal, keys }: Pick<AccessRequest, "principal" | "keys">, statement?: Statement): string {
  if (principal === undefined) return "any principal";
  const [arn, ...others] = keys["aws:PrincipalArn"] ?? [];
  const account = ACCOUNT.exec(principal)?.[1];
  if (account === undefined || !(ANY_ROLE.test(principal) || isOfAccount(account, statement))) return principal;
  return arn === undefined || others.length > 0 ? `any principal of account ${account}` : `AWS:${arn}`;
}

function isOfAccount(account: string, statement: Statement | undefined): boolean {
  const named = statement?.Principal;
  if (named === undefined || named === "*") return false;
  return valuesOf(named["AWS"] ?? []).some((one) => one === account || one.endsWith(`::${account}:root`));
}

/** One request, in words */
export function requestText({ action, resource, principal: named, keys }: AccessRequest): string {
  const isExample = named !== undefined && ANY_ROLE.test(named) && keys["aws:PrincipalArn"]?.length === 1;
  const principal = isExample ? whoText({ principal: named, keys }) : named;
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
