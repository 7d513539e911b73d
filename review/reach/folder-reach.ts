import type { Unknown } from "../change";
import type { Estate } from "../read/resource";
import { IdentityRoles } from "./aws/identity-roles";
import { PolicyTexts } from "./aws/policy-texts";
import { type AwsReach, awsReach } from "./aws/principals";
import { brief } from "./declared/brief";
import type { Problem } from "../../domain/registry/problem";
import { readRegistries } from "./declared/read-registries";
import type { Registry } from "./declared/registry";
import { codeOfFunctions } from "./aws/function-code";
import { unreadIn } from "./unread-in";

/** What is read of one folder, once, whoever is asked about */
export interface FolderReach {
  /** Undefined where it cannot be read: nobody knows then what any agent may do. */
  readonly registry: Registry | undefined;
  readonly problems: readonly Problem[];
  readonly aws: AwsReach;
  readonly identityRoles: IdentityRoles;
  /** Of nobody alone, and so of everybody; without the problems of the registry */
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

/** What nobody can read of a registry */
export function problemUnknown({ path, why }: Problem): Unknown {
  const place = brief(path.join("."));
  return place === ""
    ? { what: "what the registry says", why, source: { address: "registry" } }
    : { what: `what the registry says at ${place}`, why, source: { address: `registry/${place}` } };
}
