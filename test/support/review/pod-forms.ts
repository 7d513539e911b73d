import { isObject, type Json, type JsonObject } from "../../../review/read/json";
import type { Resources } from "./estate-of";

/** Names of the provider that are not those of the Kubernetes API in another case */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["hostPID", "host_pid"],
  ["hostIPC", "host_ipc"],
  ["downwardAPI", "downward_api"],
  ["containers", "container"],
  ["initContainers", "init_container"],
  ["volumes", "volume"],
  ["volumeMounts", "volume_mount"],
  ["ports", "port"],
  ["volumeClaimTemplates", "volume_claim_template"],
]);

const MAPS: ReadonlySet<string> = new Set(["annotations", "labels", "nodeSelector", "volumeAttributes"]);
const MODES: ReadonlySet<string> = new Set(["defaultMode", "mode"]);

const snake = (name: string): string =>
  NAMES.get(name) ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function argumentsOf(value: Json, key = ""): Json {
  if (MODES.has(key) && typeof value === "number") return `0${value.toString(8)}`;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => argumentsOf(item));
  if (!isObject(value) || MAPS.has(key)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [snake(name), argumentsOf(held, name)]));
}

/** An object of the Kubernetes API as a resource of its own type, and as a manifest */
export const FORMS: readonly (readonly [string, (object: JsonObject) => Resources])[] = [
  [
    "a typed resource",
    ({ apiVersion: _, kind, ...body }) => ({
      [`kubernetes_${snake(String(kind)).slice(1)}_v1.it`]: argumentsOf(body) as JsonObject,
    }),
  ],
  ["a manifest", (object) => ({ "kubernetes_manifest.it": { manifest: object } })],
];
