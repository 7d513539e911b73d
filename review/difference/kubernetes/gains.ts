import { refusingObjects } from "../../reach/kubernetes/loose-facts";
import type { SelectorKeys } from "../../reach/kubernetes/selector-keys";
import { type Fact, KNOWN_AT_APPLY } from "../../reach/kubernetes/fact";
import { guardedPrincipals, guardGains, lostGuards, writerGains } from "./admission-gains";
import { type Gains, together, factGains, NOTHING } from "./fact-gains";
import { NetworkDifference } from "./network-difference";
import { rightGains } from "./right-gains";
import type { ClusterState } from "../../reach/kubernetes/cluster-state";
import { UsualGains } from "./usual-gains";
import { Budget, TooComplex } from "../../../iam/sets/budget";
import type { Cluster } from "../../reach/kubernetes/cluster";
import { groupBy } from "../../group-by";
import { ofNamespace, ofPod, PEER, real } from "../../reach/kubernetes/network/peers";
import { peerText } from "../../reach/kubernetes/network/traffic-text";
import { isOpaque } from "../../reach/kubernetes/objects/values";
import { type Box, partOutside, type Values } from "../../reach/kubernetes/sets/box";
import { TextValues } from "../../reach/kubernetes/sets/text-values";
import { type Registration, registrationsIn, settingsOf } from "../../reach/kubernetes/spiffe/registrations";
import { templateText } from "../../reach/kubernetes/spiffe/template";

/** Gains of a principal, with its name */
export interface NamedGains extends Gains {
  readonly name: string;
}

/** Gains of every principal in head over base, by key of the principal; principals without a gain are left out */
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
  /** Terraform addresses reported as the source of an identity */
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
  const usual = new UsualGains(base, keys, head);
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
  const now = refusingObjects(head.cluster);
  for (const [title, { address, kind }] of refusingObjects(base.cluster)) {
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

/** If no known principal gets the identity, the registration itself is reported. */
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
    const covered = guardedPrincipals(lost.guard, base.cluster, principals);
    if (covered.length === 0) found.add(`guard ${address}`, address, gains);
    for (const { key, name } of covered) found.add(key, head.principals.get(key)?.name ?? name, gains);
  }
  const written = writerGains(base.guards, head.guards);
  for (const { key, name, isAgent } of head.principals.values()) if (isAgent) found.add(key, name, written);
}

/** Pods of any principal that get an identity in head and not in base, by address of the registration */
function registrationGains(base: Cluster, head: Cluster): ReadonlyMap<string, Gains> {
  const before = groupBy(registrationsIn(base), ({ template }) => template);
  return new Map(
    registrationsIn(head).map((registration) => [
      registration.object.address,
      gainOf(registration, before.get(registration.template) ?? []),
    ]),
  );
}

/** @param before registrations with the same template */
function gainOf(registration: Registration, before: readonly Registration[]): Gains {
  const { template, object } = registration;
  const what = `more pods get the identity ${templateText(template, {})}`;
  const source = { address: object.address };
  try {
    const alike = before.filter((other) => isAlike(other, registration)).map(boxOf);
    const found = partOutside(real(boxOf(registration)), alike, new Budget());
    if (found === undefined) return NOTHING;
    const witness = `${peerText(found)} gets it`;
    if (isOpaque(witness)) return { gains: [], unknown: [{ what, why: KNOWN_AT_APPLY, source }] };
    return { gains: [{ kind: "identity", what, witness, source }], unknown: [] };
  } catch (error) {
    if (!(error instanceof TooComplex)) throw error;
    return { gains: [], unknown: [{ what, why: error.message, source }] };
  }
}

/** Gives the identity to at least the same processes of a pod */
function isAlike(other: Registration, registration: Registration): boolean {
  const wanted = new Set(registration.processes);
  return settingsOf(other) === settingsOf(registration) && other.processes.every((process) => wanted.has(process));
}

function boxOf({ namespaces, pods }: Registration): Box {
  return new Map<string, Values>([
    ["peer", TextValues.of([PEER.pod])],
    ...[...namespaces].map(([key, values]) => [ofNamespace(key), values] as const),
    ...[...pods].map(([key, values]) => [ofPod(key), values] as const),
  ]);
}
