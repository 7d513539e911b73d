import { refusing } from "../../reach/kubernetes/loose-facts";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import type { Fact } from "../../reach/kubernetes/fact";
import { guarded, guardGains, lostGuards, writerGains } from "./admission-gains";
import { type Gains, together } from "./changes";
import { factGains } from "./fact-gains";
import { NetworkDifference } from "./network-difference";
import { registrationGains } from "./registration-gains";
import { rightGains } from "./right-gains";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";
import { Usual } from "./usual-gains";

/** What a principal gains, and how it is called */
export interface NamedGains extends Gains {
  readonly name: string;
}

/** What everybody can do in head and cannot in base, by key of the principal; who gains nothing is left out */
export function gainsBetween(
  base: ClusterState,
  head: ClusterState,
  keys: SelectorKeys,
): ReadonlyMap<string, NamedGains> {
  const found = new Found();
  addPrincipals(found, base, head, keys);
  addLoose(found, base, head, keys);
  addRegistrations(found, base, head);
  addAdmission(found, base, head);
  return found.all;
}

class Found {
  public readonly all = new Map<string, NamedGains>();
  /** Terraform addresses that have been named as the source of an identity */
  public readonly identities = new Set<string>();

  public add(key: string, name: string, gains: Gains): void {
    if (gains.gains.length + gains.unknown.length === 0) return;
    const known = this.all.get(key);
    this.all.set(key, { name: known?.name ?? name, ...together(known === undefined ? [gains] : [known, gains]) });
    for (const { kind, source } of gains.gains) if (kind === "identity") this.identities.add(source.address);
  }
}

function addPrincipals(found: Found, base: ClusterState, head: ClusterState, keys: SelectorKeys): void {
  const network = new NetworkDifference(base, head);
  const usual = new Usual(base, keys, head);
  const isConfiguredAlike = base.configuration === head.configuration;
  const isSurroundedAlike = base.surroundings === head.surroundings;
  for (const [key, after] of head.principals) {
    const before = base.principals.get(key);
    const isSame = base.written(before) === head.written(after);
    const facts = [
      ...(isSame && isConfiguredAlike ? [] : [factGains(base.ownFacts(before, keys), head.ownFacts(after, keys))]),
      ...(isSame && isSurroundedAlike ? [] : [factGains(base.facts(before, keys), head.facts(after, keys))]),
      factGains(base.recordFacts(before), head.recordFacts(after)),
    ];
    const rights = rightGains(before === undefined ? [] : base.rights.of(before), head.rights.of(after));
    const all = together([rights, network.gains(before, after), ...facts]);
    const isNew = after.isAgent && all.gains.length > 0 && !isActive(base, after.name);
    found.add(key, after.name, isNew ? { ...all, gains: usual.marked(after, all.gains) } : all);
  }
}

function isActive({ cluster }: ClusterState, agent: string): boolean {
  return cluster.agents.get(agent)?.state === "active";
}

function addLoose(found: Found, base: ClusterState, head: ClusterState, keys: SelectorKeys): void {
  const before = byOwner(base, keys);
  for (const [owner, { name, facts }] of byOwner(head, keys)) {
    found.add(owner, name, factGains(before.get(owner)?.facts ?? [], facts));
  }
  const now = refusing(head.cluster);
  for (const [title, { address, kind }] of refusing(base.cluster)) {
    if (now.has(title)) continue;
    const why = `what an object of kind ${kind} refused is not known here`;
    found.add(`object ${title}`, address, {
      gains: [],
      unknown: [{ what: `${title} is removed`, why, source: { address } }],
    });
  }
}

function byOwner(
  state: ClusterState,
  keys: SelectorKeys,
): ReadonlyMap<string, { readonly name: string; readonly facts: readonly Fact[] }> {
  const owners = new Map<string, { readonly name: string; readonly facts: Fact[] }>();
  for (const { owner, name, facts } of state.loose(keys)) {
    const known = owners.get(owner);
    if (known === undefined) owners.set(owner, { name, facts: [...facts] });
    else known.facts.push(...facts);
  }
  return owners;
}

/** Where no principal is known that gets the identity, the registration itself is named. */
function addRegistrations(found: Found, base: ClusterState, head: ClusterState): void {
  const known = new Set(found.identities);
  for (const [address, gains] of registrationGains(base.cluster, head.cluster)) {
    if (!known.has(address)) found.add(`registration ${address}`, address, gains);
  }
}

function addAdmission(found: Found, base: ClusterState, head: ClusterState): void {
  const principals = [...base.principals.values()];
  for (const lost of lostGuards(base.guards, head.guards)) {
    const gains = guardGains(lost);
    const { address } = (lost.now ?? lost.guard).object;
    const covered = guarded(lost.guard, base.cluster, principals);
    if (covered.length === 0) found.add(`guard ${address}`, address, gains);
    for (const { key, name } of covered) found.add(key, head.principals.get(key)?.name ?? name, gains);
  }
  const written = writerGains(base.guards, head.guards);
  for (const { key, name, isAgent } of head.principals.values()) if (isAgent) found.add(key, name, written);
}
