import { manifestOf } from "../../private/manifest";
import { objectsBelow } from "../../private/mcp-resources";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, blocksOf, isReference, UndecidedValue } from "../../value";

/** An attribute anywhere in a spec, and its values by which peers are not authenticated by TLS */
type Setting = readonly [string, RegExp];

/** By group and kind */
const OFF: readonly (readonly [RegExp, ...Setting[]])[] = [
  [/^security\.istio\.io\/\w+ PeerAuthentication$/, ["mode", /^(?:DISABLE|PERMISSIVE)$/]],
  [/^networking\.istio\.io\/\w+ DestinationRule$/, ["mode", /^DISABLE$/], ["insecureSkipVerify", /^true$/]],
  [/^(?:install\.istio|operator\.istio|sailoperator)\.io\/\w+ \w+$/, ["enableAutoMtls", /^false$/]],
  [/^policy\.linkerd\.io\/\w+ Server$/, ["accessPolicy", /^(?:audit|(?:all|cluster)-unauthenticated)$/]],
  [/^policy\.linkerd\.io\/\w+ ServerAuthorization$/, ["unauthenticated", /^true$/], ["unauthenticatedTLS", /^true$/]],
  [/^cilium\.io\/\w+ Cilium(?:Clusterwide)?NetworkPolicy$/, ["mode", /^disabled$/]],
  [
    /^consul\.hashicorp\.com\/\w+ \w+$/,
    ["mutualTLSMode", /^permissive$/],
    ["allowEnablingPermissiveMutualTLS", /^true$/],
  ],
  [/^kuma\.io\/\w+ Mesh(?:TLS)?$/, ["mode", /^permissive$/i]],
  [/^traefik\.(?:io|containo\.us)\/\w+ ServersTransport(?:TCP)?$/, ["insecureSkipVerify", /^true$/]],
  [/^gateway\.envoyproxy\.io\/\w+ Backend$/, ["insecureSkipVerify", /^true$/]],
  [/^(?:gateway\.kgateway|agentgateway)\.dev\/\w+ \w+$/, ["insecureSkipVerify", /^(?:true|All|Hostname)$/]],
];

/** Istio, Linkerd, Cilium, Consul, Kuma, and what gateways verify of servers. What is left out is inherited from the mesh. */
export const meshTls: BlockRule = {
  id: "AMBIT-KUBERNETES-MESH-TLS",
  severity: "high",
  what: "a service mesh must authenticate both ends by TLS, and a gateway the server that it calls",
  why: "pods then speak to each other in plain text, and an attacker in the network reads their tokens or answers in the name of a service",
  fix: "write mode STRICT for Istio, all-authenticated for Linkerd, required for Cilium, and the authority of a server in place of insecureSkipVerify",
  standards: ["sp800-207/2", "owasp-nhi/NHI4", "owasp-asi/ASI07", "sp800-53/SC-8", "sp800-53/IA-9", "maestro/L4"],
  looksAt: ["kubernetes_manifest"],
  *check(block) {
    const { kind, manifest } = manifestOf(block);
    const name = `${String(manifest["apiVersion"])} ${kind}`;
    const settings = OFF.filter(([kinds]) => kinds.test(name)).flatMap(([, ...off]) => off);
    for (const part of settings.length === 0 ? [] : ["spec", "specs"]) {
      for (const spec of blocksOf(manifest, part, `manifest.${part}`)) {
        for (const { at, object } of objectsBelow(spec, `manifest.${part}`)) yield* offIn(object, at, settings);
      }
    }
  },
};

/** What holds a setting, where it is known at apply only */
const HOLDERS = ["authentication", "mtls", "portLevelMtls", "tls", "trafficPolicy"];

function* offIn(object: BlockBody, at: string, settings: readonly Setting[]): Generator<Violation | UndecidedValue> {
  for (const key of [...HOLDERS, ...settings.map(([name]) => name)]) {
    const value = object[key];
    if (typeof value === "string" && isReference(value))
      yield new UndecidedValue(`${at}.${key}`, value, `${at}.${key} is known at apply only`);
  }
  for (const [key, off] of settings) {
    const value = object[key] ?? null;
    if (typeof value === "object" || !off.test(String(value))) continue;
    const place = `${at}.${key}`.replace(/^manifest\.specs?\.|\[\d+\]/g, "");
    yield { what: `${place}::${String(value)}`, at: `${at}.${key}`, evidence: value };
  }
}
