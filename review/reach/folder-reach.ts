import type { Unknown } from "../change";
import type { Estate, Resource } from "../read/resource";
import { IdentityRoles } from "./aws/identity-roles";
import { PolicyTexts } from "./aws/policy-texts";
import { type AwsReach, awsReach } from "./aws/aws-reach";
import { brief, type Registry } from "./declared/registry";
import type { Problem } from "../../domain/registry/problem";
import { readRegistries } from "./declared/read-registries";
import { posix } from "node:path";

/** Everything read of one folder, once */
export interface FolderReach {
  /** Undefined if it cannot be read: then the access of every agent is unknown. */
  readonly registry: Registry | undefined;
  readonly problems: readonly Problem[];
  readonly aws: AwsReach;
  readonly identityRoles: IdentityRoles;
  /** Unknowns that may concern every principal, without the problems of the registry */
  readonly unread: readonly Unknown[];
}

export function folderReach(estate: Estate): FolderReach {
  const { registry, problems } = readRegistries(undefined, estate.registry).head;
  const texts = new PolicyTexts();
  const aws = awsReach(estate, texts);
  const code = codeOfFunctions(estate);
  return {
    registry,
    problems,
    aws,
    identityRoles: new IdentityRoles(estate, texts, aws),
    unread: [
      ...unreadIn(estate).filter(({ source: { file } }) => file === undefined || !code.has(file)),
      ...aws.strays,
      ...aws.resources.flatMap(({ unknown }) => unknown),
      ...aws.pods.unknown,
      ...aws.rolesAnywhere.unknown,
    ],
  };
}

/** A registry problem as an unknown */
export function problemUnknown({ path, why }: Problem): Unknown {
  const place = brief(path.join("."));
  return place === ""
    ? { what: "what the registry says", why, source: { address: "registry" } }
    : { what: `what the registry says at ${place}`, why, source: { address: `registry/${place}` } };
}

const FUNCTION = "aws_lambda_function";
/** Path of an archive that synth writes beside its stack, in a folder of its own */
const ARCHIVE = /^assets\/(?:[\w.-]+\/)*([\w-]+)\/([\w.-]+\.zip)$/;

/**
 * Paths of archives that are code of Lambda functions and nothing else. Such code is limited to the role of its function.
 * A path out of the folder, or one that is not in its simplest form, belongs to no function.
 */
function codeOfFunctions({ resources }: Pick<Estate, "resources">): ReadonlySet<string> {
  const others = resources.filter((resource) => !isFunction(resource)).map(({ values }) => JSON.stringify(values));
  return new Set(
    resources.filter(isFunction).flatMap((resource) => {
      const { filename } = resource.values;
      if (typeof filename !== "string" || posix.normalize(filename) !== filename) return [];
      const [, ...names] = ARCHIVE.exec(filename) ?? [];
      if (names.length === 0 || others.some((text) => names.some((name) => text.includes(name)))) return [];
      return [posix.join(posix.dirname(resource.file), filename)];
    }),
  );
}

function isFunction({ type, mode }: Resource): boolean {
  return type === FUNCTION && mode === "managed";
}

/** Unread parts of a folder, as unknowns */
export function unreadIn({ unread }: Pick<Estate, "unread">): readonly Unknown[] {
  return unread.map(({ place: { file, address, attribute }, why, mayDeny }) => ({
    what: attribute === undefined ? address : `${address}.${attribute}`,
    why,
    source: { address, file },
    ...(mayDeny && { mayDeny }),
  }));
}
