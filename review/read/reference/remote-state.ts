import { posix } from "node:path";
import { byKey } from "../../../domain/by-text";
import type { DeclaredResource, Stack } from "../configuration/stack";
import { isObject, type Json, type JsonObject, member } from "../json";

/** Settings of a backend that decide how the state is written, not its location */
const HOW = new Set([
  "access_key",
  "acl",
  "assume_role",
  "dynamodb_table",
  "encrypt",
  "kms_key_id",
  "profile",
  "role_arn",
  "secret_key",
  "token",
  "use_lockfile",
]);

/** Stacks by the location of their states */
export class StateIndex {
  /** Undefined if several stacks share one location */
  private readonly stacks = new Map<string, Stack | undefined>();

  constructor(stacks: Iterable<Stack>) {
    for (const stack of stacks) {
      if (stack.backend === undefined) continue;
      const place = placeOf(stack.backend.type, stack.backend.settings, stack.folder);
      this.stacks.set(place, this.stacks.has(place) ? undefined : stack);
    }
  }

  /** The stack whose state a `terraform_remote_state` reads; undefined for none of these, or several */
  public producerOf({ body, repeats, stack }: DeclaredResource): Stack | undefined {
    const settings = member(body, "config");
    const workspace = member(body, "workspace") ?? "default";
    if (repeats !== undefined || !isObject(settings)) return undefined;
    if (workspace !== "default" && workspace !== "${terraform.workspace}") return undefined;
    return this.stacks.get(placeOf(member(body, "backend"), settings, stack.folder));
  }
}

/** Equal for the same state */
function placeOf(type: Json | undefined, settings: JsonObject, folder: string): string {
  const entries = Object.entries(settings)
    .filter(([key, value]) => value !== null && !HOW.has(key))
    .sort(byKey)
    .map(([key, value]) => {
      const isPath = type === "local" && key === "path" && typeof value === "string" && !posix.isAbsolute(value);
      return [key, isPath ? posix.join(folder, value) : value];
    });
  return JSON.stringify([type, entries]);
}
