import type { Json } from "../../../domain";
import type { Block } from "../block";
import { type BlockBody, isObject, isReference, UndecidedValue } from "../value";
import { oncePer } from "./once-per";

/**
 * What a `kubernetes_manifest` writes, by the names of the API.
 *
 * @throws UndecidedValue for a manifest, or a kind or its version, that is known at apply only
 */
export function manifestOf({ body }: Block): { readonly kind: string; readonly manifest: BlockBody } {
  const manifest = body["manifest"] ?? null;
  if (!isObject(manifest)) throw new UndecidedValue("manifest", manifest, "manifest is known at apply only");
  const kind = manifest["kind"] ?? "";
  if (typeof kind !== "string" || isReference(kind))
    throw new UndecidedValue("manifest.kind", kind, "manifest.kind is known at apply only");
  const version = manifest["apiVersion"] ?? "";
  // By its group rules tell kinds of the same name apart.
  if (typeof version !== "string" || isReference(version))
    throw new UndecidedValue("manifest.apiVersion", version, "manifest.apiVersion is known at apply only");
  return { kind, manifest };
}

/** Names of the API that the provider writes otherwise than word by word: lists in the singular, and abbreviations */
const NAMES: Readonly<Record<string, string>> = {
  containers: "container",
  initContainers: "init_container",
  ephemeralContainers: "ephemeral_container",
  volumes: "volume",
  volumeMounts: "volume_mount",
  ports: "port",
  rules: "rule",
  subjects: "subject",
  webhooks: "webhook",
  externalIPs: "external_ips",
  hostPID: "host_pid",
  hostIPC: "host_ipc",
  nonResourceURLs: "non_resource_urls",
};

/** Their keys are data, and no names of the API. */
const DATA = new Set([
  "annotations",
  "binaryData",
  "data",
  "labels",
  "limits",
  "matchLabels",
  "nodeSelector",
  "requests",
  "selector",
  "stringData",
]);

/** A manifest with the keys of the Terraform provider: `service_account_name`. Each rule asks, so it is renamed once. */
export const terraformKeys: (manifest: BlockBody) => BlockBody = oncePer(withTerraformKeys);

function withTerraformKeys(manifest: BlockBody): BlockBody {
  return Object.fromEntries(
    Object.entries(manifest).map(([key, each]) => [terraformName(key), DATA.has(key) ? each : renamed(each ?? null)]),
  );
}

/** `serviceAccountName` is `service_account_name`. */
export function terraformName(key: string): string {
  return NAMES[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function renamed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(renamed);
  return isObject(value) ? (withTerraformKeys(value) as Json) : value;
}
