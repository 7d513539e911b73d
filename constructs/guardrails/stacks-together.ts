import type { RegistryDocument } from "../../domain";
import { type DeclaredRoles, declaredRolesIn } from "./declared-roles";
import { setBeside } from "./private/beside";
import { issuersIn, type KnownIssuers } from "./issuers";
import { StackJson } from "./stack";
import type { BlockBody } from "./value";

/** The stacks of one folder, each of which knows what all of them tell of their platform, and what the registry beside them declares */
export function stacksTogether(
  documents: Iterable<readonly [name: string, json: readonly BlockBody[]]>,
  evaluateIn: (name: string) => StackJson["evaluate"] | undefined = () => undefined,
  images?: StackJson["images"],
  registry?: RegistryDocument,
): readonly StackJson[] {
  let known: KnownIssuers | undefined;
  // Few stacks ask.
  const issuers = (): KnownIssuers => (known ??= issuersIn(stacks));
  let roles: DeclaredRoles | undefined;
  const agents = registry && ((): DeclaredRoles => (roles ??= declaredRolesIn(registry)));
  const stacks = [...documents].map(([name, json]) =>
    StackJson.of(name, json, evaluateIn(name), images, issuers, agents),
  );
  return besideOneAnother(stacks);
}

/** Stacks of one app, or of one folder, which know each other */
export function besideOneAnother(stacks: readonly StackJson[]): readonly StackJson[] {
  setBeside(stacks);
  return stacks;
}
