import { posix } from "node:path";
import type { Declared, Stack } from "../configuration/stack";
import { isObject, type Json, type JsonObject, member } from "../json";

/** The stack whose state a `terraform_remote_state` reads; undefined where it is none of these, or several */
export function producerOf({ body, repeats }: Declared, stacks: ReadonlyMap<string, Stack>): Stack | undefined {
  const type = member(body, "backend");
  const settings = member(body, "config");
  if (repeats !== undefined || typeof type !== "string" || !isObject(settings)) return undefined;
  const found = [...stacks.values()].filter(({ backend }) => {
    if (backend?.type !== type) return false;
    return type === "local" ? isSameFile(settings, backend.settings) : isSameState(settings, backend.settings);
  });
  return found.length === 1 ? found[0] : undefined;
}

/** One of them is written from where synth ran, the other from the stack: only the name is the same. */
function isSameFile(one: JsonObject, other: JsonObject): boolean {
  const [a, b] = [member(one, "path"), member(other, "path")];
  return typeof a === "string" && typeof b === "string" && posix.basename(a) === posix.basename(b);
}

/** Every setting that says where the state lies */
function isSameState(one: JsonObject, other: JsonObject): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)].filter((key) => PLACE.has(key)));
  const same = (key: string): boolean => JSON.stringify(given(one, key)) === JSON.stringify(given(other, key));
  return keys.size > 0 && [...keys].every(same);
}

const PLACE = new Set([
  "address",
  "bucket",
  "container_name",
  "hostname",
  "key",
  "organization",
  "path",
  "prefix",
  "region",
  "resource_group_name",
  "schema_name",
  "secret_suffix",
  "storage_account_name",
  "workspaces",
  "workspace_key_prefix",
]);

function given(settings: JsonObject, key: string): Json {
  return member(settings, key) ?? null;
}
