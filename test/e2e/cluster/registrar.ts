import type { KubeObject } from "../spire/kube-client";
import type { OneNode } from "./one-node";
import { serverSays } from "./spire-server";

interface Identities {
  readonly namespaceSelector: Selector;
  readonly podSelector: Selector;
  readonly spiffeIDTemplate: string;
  readonly workloadSelectorTemplates: readonly string[];
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string }[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * In place of SPIRE's controller manager, whose program is no module of Go: reads the ClusterSPIFFEIDs that are applied
 * and makes an entry for each pod that one of them selects, by the server's own interface.
 *
 * @returns SPIFFE IDs of the entries that are new
 */
export async function register(on: OneNode): Promise<readonly string[]> {
  const client = on.client("administrator");
  const kinds = await client.list("spire.spiffe.io/v1alpha1", "ClusterSPIFFEID");
  const namespaces = await client.list("v1", "Namespace");
  const pods = await client.list("v1", "Pod");
  const { agents } = (await serverSays(on, ["agent", "list"])) as { readonly agents: readonly [{ readonly id: Id }] };
  const { entries = [] } = (await serverSays(on, ["entry", "show"])) as { readonly entries?: readonly Entry[] };
  const made: string[] = [];
  for (const { spec } of kinds) {
    const identities = spec as Identities;
    const within = namespaces.filter((namespace) => selects(identities.namespaceSelector, namespace));
    const names = within.map(({ metadata }) => metadata.name);
    for (const pod of pods.filter((one) => names.includes(one.metadata.namespace as string))) {
      if (!selects(identities.podSelector, pod)) continue;
      const uid = `k8s:pod-uid:${pod.metadata.uid as string}`;
      const selectors = [uid, ...identities.workloadSelectorTemplates.map((text) => filled(text, pod))];
      const isThere = (entry: Entry): boolean =>
        selectors.every((selector) => entry.selectors.some(({ type, value }) => `${type}:${value}` === selector));
      if (entries.some(isThere)) continue;
      const spiffeId = filled(identities.spiffeIDTemplate, pod);
      const parent = `spiffe://${agents[0].id.trust_domain}${agents[0].id.path}`;
      const chosen = selectors.flatMap((selector) => ["-selector", selector]);
      await serverSays(on, ["entry", "create", "-spiffeID", spiffeId, "-parentID", parent, ...chosen]);
      made.push(spiffeId);
    }
  }
  return made;
}

interface Id {
  readonly trust_domain: string;
  readonly path: string;
}

interface Entry {
  readonly selectors: readonly { readonly type: string; readonly value: string }[];
}

function selects({ matchLabels = {}, matchExpressions = [] }: Selector, { metadata }: KubeObject): boolean {
  const labels = (metadata.labels ?? {}) as Labels;
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator }) => {
      if (operator !== "Exists") throw new Error(`a stand-in reads "Exists", got "${operator}"`);
      return Object.hasOwn(labels, key);
    })
  );
}

/** The expressions that the rendered templates have; another one is refused, not left as it is. */
function filled(template: string, { metadata, spec }: KubeObject): string {
  const values: Readonly<Record<string, string>> = {
    ".TrustDomain": "prod.acme.example",
    ".PodMeta.Namespace": metadata.namespace as string,
    ".PodSpec.ServiceAccountName": (spec as { readonly serviceAccountName: string }).serviceAccountName,
  };
  return template.replaceAll(/\{\{\s*([^\s}]+)\s*\}\}/g, (text, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a stand-in does not read ${text}`);
    return value;
  });
}
