import { byText } from "../../../domain/by-text";
import { isObject, type JsonObject, member } from "../../read/json";
import { agentsOf } from "../../read/registry-agents";
import type { State } from "../../difference/kubernetes/state";
import { accountSubject, addressOf, type Principal } from "../../reach/kubernetes/principal";
import type { Right } from "../../reach/kubernetes/rights/right";
import { type Lead, leadsOf, may } from "./leads";
import { spiffeIdsOf } from "./spiffe-ids";

/** Somebody whose identity another gets */
export interface Taken {
  readonly name: string;
  /** In words */
  readonly what: string;
  readonly unknown?: string;
  /** Terraform address */
  readonly address: string;
}

/** An agent by name, everybody else by what the cluster calls it, such as `account finance/clerk` */
export function nameOf({ isAgent, name, key }: Principal): string {
  // No agent can be called so, but for one that wants to be taken for somebody else.
  return isAgent && !/^(?:account|group|user) /.test(name) ? name : key;
}

/** Whose identities a principal of a cluster gets, each by the first way that is found */
export function takenBy(principal: Principal, state: State, registry: JsonObject | undefined): readonly Taken[] {
  const found = new Map<string, Taken>();
  const add = (taken: Taken): void => {
    if (taken.name === nameOf(principal)) return;
    const known = found.get(taken.name);
    if (known === undefined || (known.unknown !== undefined && taken.unknown === undefined)) {
      found.set(taken.name, taken);
    }
  };
  shared(principal, state).forEach(add);
  registered(principal, state, registry).forEach(add);
  byRights(principal, state).forEach(add);
  return [...found.values()].sort((one, other) => byText(one.name, other.name));
}

/** One service account is one identity, whoever is declared to have it. */
function shared(principal: Principal, state: State): readonly Taken[] {
  const own = new Set(accountsOf(principal));
  return [...state.principals.values()].flatMap((other) => {
    const same = accountsOf(other).find((account) => own.has(account));
    if (same === undefined) return [];
    return [{ name: nameOf(other), what: `has the same ${same}`, address: addressOf(principal) }];
  });
}

function accountsOf({ accounts }: Principal): readonly string[] {
  return accounts.map(({ namespace, name }) => accountSubject(namespace, name));
}

/** Agents whose SPIFFE ID its pods get */
function registered(principal: Principal, { cluster }: State, registry: JsonObject | undefined): readonly Taken[] {
  const byId = new Map<unknown, string>();
  for (const [name, agent] of Object.entries(agentsOf(registry))) {
    if (isObject(agent)) byId.set(member(agent, "spiffeId"), name);
  }
  if (registry === undefined || byId.size === 0) return [];
  return spiffeIdsOf(principal, cluster, registry).flatMap(({ id, address, unknown }) => {
    const name = byId.get(id);
    if (name === undefined) return [];
    return [{ name, what: `its pods get ${id}`, address, ...(unknown !== undefined && { unknown }) }];
  });
}

function byRights(principal: Principal, state: State): readonly Taken[] {
  return state.rights.of(principal).flatMap((right) =>
    leadsOf(right).flatMap((lead) =>
      [...state.principals.values()]
        .filter((other) => isTaken(other, right, lead))
        .map((other) => ({
          name: nameOf(other),
          what: lead.how,
          address: right.address,
          ...(lead.unknown !== undefined && { unknown: lead.unknown }),
        })),
    ),
  );
}

function isTaken({ accounts }: Principal, { box }: Right, { takes }: Lead): boolean {
  if (takes === "cluster") return true;
  return accounts.some(
    ({ namespace, name }) =>
      may(box.get("namespace"), [namespace]) && (takes === "namespace" || may(box.get("name"), [name])),
  );
}
