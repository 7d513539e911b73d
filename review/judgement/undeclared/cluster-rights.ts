import type { Change } from "../../change";
import { AGENT_LABEL } from "../../reach/kubernetes/labels";
import { isOpaque } from "../../reach/kubernetes/objects/values";
import type { Right } from "../../reach/kubernetes/rights/right";
import { staticEntryFacts } from "../../reach/kubernetes/spiffe/entries";
import { type Registration, registrationsIn } from "../../reach/kubernetes/spiffe/registrations";
import { brief } from "../../reach/declared/registry";
import { templateText } from "../../reach/kubernetes/spiffe/template";
import type { FleetState } from "../../reach/fleet-state";

/** Cluster rights of agents' service accounts: declarations give none. A binding shared by many is reported once. */
export function undeclaredRights({ registry, kubernetes }: FleetState): readonly Change[] {
  const holders = new Map<string, { readonly right: Right; readonly names: string[] }>();
  for (const name of Object.keys(registry?.agents ?? {}).sort()) {
    const principal = kubernetes.principals.get(`agent ${name}`);
    for (const right of principal === undefined ? [] : kubernetes.rights.of(principal)) {
      const key = `${right.written} ${right.address}`;
      const known = holders.get(key);
      if (known === undefined) holders.set(key, { right, names: [name] });
      else if (known.names.at(-1) !== name) known.names.push(name);
    }
  }
  return [...holders.values()].map(({ right: { verb, on, address }, names }) => {
    const [first = ""] = names;
    const who = names.length === 1 ? first : `${first} and ${names.length - 1} more agents`;
    const request = [verb, on].filter((word) => word !== "").join(" ");
    return {
      kind: "action",
      what: `${who} may ${request}, and declarations give no right in a cluster`,
      witness: `the service account of ${first}: ${request}`,
      source: { address },
    };
  });
}

/** The SPIFFE ID that SPIRE gives pods of the same account and namespace, with any spacing */
const OWN_ID =
  /^spiffe:\/\/(?:\{\{\s*\.TrustDomain\s*\}\}|[^/{}]+)\/ns\/\{\{\s*\.PodMeta\.Namespace\s*\}\}\/sa\/\{\{\s*\.PodSpec\.ServiceAccountName\s*\}\}$/;
const ACCOUNT_ID = /^\/ns\/([^/]+)\/sa\/[^/]+$/;

/** Registrations that give an agent's identity to other pods than its own, or an identity that only an agent may have */
export function undeclaredIdentities({ registry, kubernetes }: FleetState): readonly Change[] {
  if (registry === undefined) return [];
  const agents = Object.entries(registry.agents);
  const byId = new Map(agents.map(([name, { spiffeId }]) => [spiffeId, name]));
  const namespaces = new Set(agents.map(([, { workload }]) => workload.namespace));
  const prefix = `spiffe://${registry.trustDomain}`;
  const claim = (id: string, name: string | undefined): string | undefined => {
    if (name !== undefined) return `the identity of ${name}`;
    const [, namespace = ""] = (id.startsWith(prefix) && ACCOUNT_ID.exec(id.slice(prefix.length))) || [];
    return namespaces.has(namespace) ? `${brief(id)}, which belongs to no agent` : undefined;
  };
  return [
    ...registrationsIn(kubernetes.cluster).flatMap((registration) => {
      const { template, object } = registration;
      if (OWN_ID.test(template)) return [];
      const id = template.replace(/\{\{\s*\.TrustDomain\s*\}\}/g, registry.trustDomain);
      const name = byId.get(id);
      const isOpen = id.includes("{{") || isOpaque(id);
      if (!isOpen && name !== undefined && isOnly(registration, name)) return [];
      const what =
        isOpen && agents.length > 0 ? "an identity that its pods choose, possibly an agent's" : claim(id, name);
      return what === undefined
        ? []
        : [
            identity(
              `${object.name} gives pods ${what}`,
              brief(templateText(template, { trustDomain: registry.trustDomain })),
              object.address,
            ),
          ];
    }),
    ...staticEntryFacts(kubernetes.cluster).flatMap(({ spiffeId, object }) => {
      const what = claim(spiffeId, byId.get(spiffeId));
      return what === undefined
        ? []
        : [identity(`the entry ${object.name} gives ${what}`, brief(spiffeId), object.address)];
    }),
  ];
}

/** Admission lets only pods of an agent carry its label. */
function isOnly({ pods }: Registration, agent: string): boolean {
  return pods.get(AGENT_LABEL)?.only === agent;
}

function identity(what: string, id: string, address: string): Change {
  return {
    kind: "identity",
    what: `${what}, and no declaration makes it do so`,
    witness: `an SVID of ${id}`,
    source: { address },
  };
}
