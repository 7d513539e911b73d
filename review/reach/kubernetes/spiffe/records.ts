import type { Cluster } from "../cluster";
import { type Fact, fact } from "../fact";
import type { KubernetesObject } from "../objects/object";
import { ACTIVE, SUSPENDED } from "../labels";
import { textMap } from "../objects/values";

/** The record in each namespace of agents: the agent of each service account. Admission holds pods to it. */
export const RECORD = "ambit-agents";

export function isRecord({ kind, name }: KubernetesObject): boolean {
  return kind === "ConfigMap" && name === RECORD;
}

/** Facts of the records, by agent */
export function recordFacts(cluster: Cluster): ReadonlyMap<string, readonly Fact[]> {
  const facts = new Map<string, Fact[]>();
  for (const object of cluster.of("ConfigMap").filter(isRecord)) {
    const data = textMap(object.body, "data");
    for (const [account, agent] of data) {
      if (account.includes(".")) continue;
      facts.set(agent, [...(facts.get(agent) ?? []), ...accountFacts(object, account, data)]);
    }
  }
  return facts;
}

/** The state of each agent in the records, and its place; without an entry it is active. */
export function recordedStates(
  cluster: Cluster,
): ReadonlyMap<string, readonly { readonly at: string; readonly state: string }[]> {
  const states = new Map<string, { readonly at: string; readonly state: string }[]>();
  for (const { body, address: at } of cluster.of("ConfigMap").filter(isRecord)) {
    const data = textMap(body, "data");
    for (const [account, agent] of data) {
      if (account.includes(".")) continue;
      states.set(agent, [...(states.get(agent) ?? []), { at, state: data.get(`${account}.state`) ?? ACTIVE }]);
    }
  }
  return states;
}

function accountFacts(object: KubernetesObject, account: string, data: ReadonlyMap<string, string>): readonly Fact[] {
  const { namespace, address } = object;
  const whose = `service account ${namespace}/${account}`;
  const state = data.get(`${account}.state`) ?? "";
  const credentials = data.get(`${account}.credentials`) ?? "";
  const isHeld = credentials === "oidc" || credentials === "roles-anywhere";
  return [
    fact("identity", `pods of ${whose} may carry its label`, `a pod of ${whose} with its label`, address),
    ...(state === SUSPENDED
      ? []
      : [
          fact("identity", `pods of ${whose} get its SVID`, `a pod of ${whose} fetches its SVID`, address, {
            key: `svid ${whose} ${state}`,
          }),
        ]),
    ...(credentials === "brokered"
      ? []
      : [
          fact(
            "identity",
            `pods of ${whose} hold its SVID in the agent's own container`,
            `the container "agent" fetches its SVID`,
            address,
            {
              key: `held ${whose} ${isHeld ? "" : credentials}`,
            },
          ),
        ]),
  ];
}
