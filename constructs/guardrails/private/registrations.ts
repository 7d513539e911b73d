import type { Json } from "../../../domain";
import type { Block } from "../block";
import { CHART_TYPES, chartOf, isOn, merged, objectAlong } from "../charts";
import type { StackJson } from "../stack";
import { blockOf, type BlockBody, isObject } from "../value";
import { manifestOf } from "./manifest";
import { spireComponentsOf } from "./spire-chart";

/** A registration of SPIRE's controller manager (spire-crds 0.6.0), by the names of its API */
export interface Registration {
  readonly kind: string;
  readonly at: string;
  readonly spec: BlockBody;
}

/** What a rule about registrations looks at */
export const REGISTRATION_TYPES: readonly string[] = ["kubernetes_manifest", ...CHART_TYPES];

const KINDS = new Set(["ClusterFederatedTrustDomain", "ClusterSPIFFEID", "ClusterStaticEntry"]);

/** In manifests, and in values of SPIRE's charts. @throws UndecidedValue for a manifest that is known at apply only */
export function registrationsOf(block: Block, stack: StackJson): readonly Registration[] {
  if (block.type !== "kubernetes_manifest") return registeredByChart(block, stack);
  const { kind, manifest } = manifestOf(block);
  const at = "manifest.spec";
  return KINDS.has(kind) ? [{ kind, at, spec: blockOf(manifest, "spec", at) ?? {} }] : [];
}

/** Registrations that the charts have by themselves, as far as they matter to rules */
const DEFAULTS: BlockBody = { "child-servers": { enabled: false, downstream: true } };
const TEMPLATE = "spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}";

const PARTS: readonly (readonly [part: string, kind: string])[] = [
  ["clusterSPIFFEIDs", "ClusterSPIFFEID"],
  ["clusterStaticEntries", "ClusterStaticEntry"],
  ["clusterFederatedTrustDomains", "ClusterFederatedTrustDomain"],
];

/** Those that the stack's values name */
function registeredByChart(block: Block, stack: StackJson): readonly Registration[] {
  const chart = chartOf(block, stack);
  const servers = chart === undefined ? [] : spireComponentsOf(chart).filter(({ kind }) => kind === "server");
  return servers.flatMap(({ at, values }) => {
    const identities = objectAlong(values, "controllerManager", "identities");
    const common = objectAlong(identities, "clusterSPIFFEIDs", "default")["spiffeIDTemplate"] ?? TEMPLATE;
    return PARTS.flatMap(([part, kind]) =>
      Object.entries(objectAlong(identities, part)).flatMap(([name, written]) => {
        if (!isObject(written)) return [];
        const entry = merged([objectAlong(DEFAULTS, name), written]);
        if ("enabled" in entry && !isOn(entry)) return [];
        const spec = {
          ...entry,
          spiffeIDTemplate: given(entry["spiffeIDTemplate"]) ?? common,
          ttl: given(entry["ttl"]),
          jwtTtl: given(entry["jwtTTL"]),
        };
        return [{ kind, at: `${at}.controllerManager.identities.${part}.${name}`, spec }];
      }),
    );
  });
}

/** The chart leaves out what is empty. */
function given(value: Json | undefined): Json {
  return value === undefined || value === "" ? null : value;
}
