import { AGENT_ROLE_PATH, PLATFORM_TAG } from "../../../constructs/platform/names";
import { isRecord } from "../../../domain/is-record";
import { own } from "../../../domain/own";
import { awsProvidersIn } from "./providers";

const ROLE = /^arn:[a-z-]+:iam::(\d{12}):role(\/(?:[\u0021-\u007e]*\/)?)([\w+=,.@-]{1,64})$/;
const OF_PLATFORM = new RegExp(`^${AGENT_ROLE_PATH}([a-z0-9-]+)/$`);

/** Where a platform keeps the roles of its agents */
export interface RolePlace {
  readonly account: string;
  readonly path: string;
}

/** Undefined for what is no ARN of a role */
export function roleAt(arn: string): (RolePlace & { readonly name: string }) | undefined {
  const [, account, path, name] = ROLE.exec(arn) ?? [];
  return account === undefined || path === undefined || name === undefined ? undefined : { account, path, name };
}

/**
 * Those that the declared roles lie at, or where no agent declares one, those of the platforms that the folder's AWS providers tag for:
 * roles of agents that have left the declarations lie there.
 *
 * @param declared ARNs
 * @throws ReadError for what could mislead a reader
 */
export function rolePlaces(declared: readonly string[], folder: string): readonly RolePlace[] {
  const places =
    declared.length > 0 ? declared.map((arn) => roleAt(arn) ?? { account: "", path: arn }) : ofProviders(folder);
  return [...new Map(places.map(({ account, path }) => [`${account} ${path}`, { account, path }])).values()];
}

function ofProviders(folder: string): readonly RolePlace[] {
  return awsProvidersIn(folder).flatMap(({ block }) => {
    if (!isRecord(block)) return [];
    const accounts = textsIn(own(block, "allowed_account_ids"));
    const platforms = recordsIn(own(block, "default_tags")).flatMap(({ tags }) =>
      isRecord(tags) ? textsIn([own(tags, PLATFORM_TAG)]) : [],
    );
    return accounts.flatMap((account) =>
      platforms.map((platform) => ({ account, path: `${AGENT_ROLE_PATH}${platform}/` })),
    );
  });
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}

function recordsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return (Array.isArray(value) ? value : [value]).filter(isRecord);
}

/**
 * Path of another platform of the account, if this is a role as that one makes them for its agents: tagged, at its path and named after it.
 * Each platform of an account has a name of its own, so its roles are compared with its own folder.
 */
export function otherPlatformOf(arn: string, agent: string | undefined, own: RolePlace): string | undefined {
  const { path = "", name = "" } = roleAt(arn) ?? {};
  const platform = OF_PLATFORM.exec(path)?.[1];
  const isOther = path !== own.path && platform !== undefined && agent !== undefined;
  return isOther && name.startsWith(`${platform}.`) ? path : undefined;
}
