import type { ChangesByPrincipal, Unknown } from "../change";
import type { RegistriesRead } from "../reach/declared/read-registries";
import type { Estate } from "../read/resource";
import { declaredPolicy, type DeclaredPolicy } from "../../domain";
import { sortedKeys } from "../../domain/json";
import type { Registry } from "../reach/declared/registry";
import { sameJson, isObject } from "../read/json";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

export interface PolicyDifference {
  /** The data that engines get about each agent follows from the registry; if it does not, they may allow anything. */
  readonly byAgent: ChangesByPrincipal;
  /** Unknowns about every agent: the policies themselves, and documents that contradict one another */
  readonly unknown: readonly Unknown[];
}

/** @param read the registries of base and head as written */
export function policyDifference(base: Estate, head: Estate, read: RegistriesRead): PolicyDifference {
  const misfits = newMisfits(base, head, read);
  const ofAgents = misfits.filter(({ kind }) => kind === "agents");
  const ofAll = misfits.filter(({ kind }) => kind !== "agents");
  return {
    byAgent: new Map(ofAgents.map((misfit) => [misfit.name, { gains: [], losses: [], unknown: [unfit(misfit)] }])),
    unknown: [
      ...changedSources(base, head),
      ...ofAll.map(unfit),
      ...changedFacts(base, head),
      ...foreignBundle(base, head),
    ],
  };
}

function changedSources(base: Estate, head: Estate): readonly Unknown[] {
  const [before, after] = [base.bundle?.sources ?? new Map(), head.bundle?.sources ?? new Map()];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({
      what: `the policy ${path}`,
      why: `it is ${!before.has(path) ? "new" : after.has(path) ? "changed" : "gone"}, and what policies mean is not compared: read it`,
      source: { address: BUNDLE },
    }));
}

function changedFacts(base: Estate, head: Estate): readonly Unknown[] {
  return ["intentRequired", "version"]
    .filter((key) => !isSame(base.policy?.[key], head.policy?.[key]))
    .map((key) => ({
      what: `${key} of the policy document`,
      why: `it is ${text(head.policy?.[key])}, was ${text(base.policy?.[key])}`,
      source: { address: `${POLICY}/${key}` },
    }));
}

function unfit({ kind, name }: Misfit): Unknown {
  const why = `${POLICY} says otherwise than the declarations: synthesize both again`;
  return { what: `what policy engines know of ${name}`, why, source: { address: `${POLICY}/${kind}` } };
}

function foreignBundle(base: Estate, head: Estate): readonly Unknown[] {
  const isForeign = ({ bundle, policy }: Estate): boolean => bundle !== undefined && !isSame(bundle.policy, policy);
  if (!isForeign(head) || (isForeign(base) && isSame(base.bundle?.policy, head.bundle?.policy))) return [];
  const why = `it holds another policy document than ${POLICY}: synthesize again`;
  return [{ what: "what OPA is given", why, source: { address: BUNDLE } }];
}

const KINDS = ["agents", "tools", "datasets", "trustDomain"] as const;

/** The policy document contradicts the registry. */
interface Misfit {
  readonly kind: keyof DeclaredPolicy;
  readonly name: string;
  /** The expected value, and the found one */
  readonly text: string;
}

interface State {
  /** Undefined if it cannot be read: then every agent has an unknown already. */
  readonly registry: Registry | undefined;
  readonly policy: Estate["policy"];
}

/**
 * Misfits of head that base does not have with the same text
 *
 * @param read the registries of both
 */
function newMisfits(base: Estate, head: Estate, read: RegistriesRead): readonly Misfit[] {
  const { base: declared, head: declares } = read;
  const before: State = { registry: declared.registry, policy: base.policy };
  const after: State = { registry: declares.registry, policy: head.policy };
  const isOpen = openIds(before, after);
  const known = new Set(misfitsIn(before, isOpen).map((misfit) => misfit.text));
  return misfitsIn(after, isOpen).filter((misfit) => !known.has(misfit.text));
}

/**
 * Whether an agent with that SPIFFE ID must be compared. Its misfits are the same in both states if the declarations of all
 * agents with the ID, everything that they refer to, and the data of the engines are equal.
 */
function openIds(before: State, after: State): (spiffeId: string) => boolean {
  if (before.registry === undefined || after.registry === undefined) return () => true;
  if (before.policy === undefined || after.policy === undefined) return () => true;
  if (!isSame(before.registry.datasets, after.registry.datasets)) return () => true;
  const open = new Set([
    ...changedIds(before.registry, after.registry),
    ...changedIds(after.registry, before.registry),
    ...changedKeys(before.policy?.["agents"], after.policy?.["agents"]),
  ]);
  return (spiffeId) => open.has(spiffeId);
}

/** Unchanged agents are read once, so they are the same object. */
function changedIds({ agents }: Registry, { agents: others }: Registry): readonly string[] {
  return Object.entries(agents)
    .filter(([name, agent]) => !Object.hasOwn(others, name) || others[name] !== agent)
    .map(([, { spiffeId }]) => spiffeId);
}

function changedKeys(one: unknown, other: unknown): readonly string[] {
  const [before, after] = [entriesOf(one), entriesOf(other)];
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => !isSame(before.get(key), after.get(key)));
}

function misfitsIn({ registry, policy }: State, isOpen: (spiffeId: string) => boolean): readonly Misfit[] {
  if (policy === undefined || registry === undefined) return [];
  const agents = Object.entries(registry.agents).filter(([, { spiffeId }]) => isOpen(spiffeId));
  const expected = declaredPolicy({ ...registry, agents: Object.fromEntries(agents) });
  return KINDS.flatMap((kind) => {
    const told = [...entriesOf(policy[kind])].filter(([key]) => kind !== "agents" || isOpen(key));
    return misfits(kind, entriesOf(expected[kind]), new Map(told));
  });
}

function misfits(
  kind: keyof DeclaredPolicy,
  should: ReadonlyMap<string, unknown>,
  does: ReadonlyMap<string, unknown>,
): readonly Misfit[] {
  return [...new Set([...should.keys(), ...does.keys()])].flatMap((key) => {
    const expected = should.get(key);
    const found = likewise(does.get(key), expected);
    if (isSame(expected, found)) return [];
    return [{ kind, name: nameOf(key, found ?? expected), text: text([kind, key, expected, found]) }];
  });
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isObject(value) ? Object.entries(value) : [["trustDomain", value]]);
}

/** Without `suspended`, which the registry does not have */
function likewise(found: unknown, expected: unknown): unknown {
  if (!isObject(found) || !isObject(expected) || !("expires" in expected) || "suspended" in expected) return found;
  const { suspended: _, ...rest } = found;
  return rest;
}

/** Agents are keyed by SPIFFE ID. */
function nameOf(key: string, entry: unknown): string {
  return isObject(entry) && typeof entry["name"] === "string" ? entry["name"] : key;
}

/** Whether both are equal JSON; most are identical text. */
function isSame(one: unknown, other: unknown): boolean {
  return sameJson(one, other) || text(one) === text(other);
}

/** Equal for equal JSON, in any order of keys */
function text(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value, sortedKeys);
}
