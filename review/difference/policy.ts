import { sortedKeys } from "../../domain/registry";
import type { ChangesByPrincipal, Unknown } from "../change";
import { type PolicyOf, policyOf } from "../reach/declared/policy-of";
import { readRegistry } from "../reach/declared/read-registry";
import { isObject } from "../read/json";
import type { Estate } from "../read/resource";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";
const KINDS = ["agents", "tools", "datasets", "trustDomain"] as const;

export interface PolicyDifference {
  /** What engines are told of each agent follows from the registry: where it does not, they may allow anything. */
  readonly byAgent: ChangesByPrincipal;
  /** What concerns everybody: the policies themselves, and documents that do not fit together */
  readonly unknown: readonly Unknown[];
}

export function policyDifference(base: Estate, head: Estate): PolicyDifference {
  const known = new Set(misfitsIn(base).map((misfit) => misfit.text));
  const misfits = misfitsIn(head).filter((misfit) => !known.has(misfit.text));
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
    .filter((key) => text(base.policy?.[key]) !== text(head.policy?.[key]))
    .map((key) => ({
      what: `${key} of the policy document`,
      why: `it is ${text(head.policy?.[key])}, was ${text(base.policy?.[key])}`,
      source: { address: `${POLICY}/${key}` },
    }));
}

interface Misfit {
  readonly kind: keyof PolicyOf;
  readonly name: string;
  /** What should stand there, and what does */
  readonly text: string;
}

function unfit({ kind, name }: Misfit): Unknown {
  const why = `${POLICY} says otherwise than the declarations: synthesize both again`;
  return { what: `what policy engines know of ${name}`, why, source: { address: `${POLICY}/${kind}` } };
}

function misfitsIn({ registry, policy }: Estate): readonly Misfit[] {
  const declared = readRegistry(registry).registry;
  // What cannot be read is unknown for everybody already.
  if (policy === undefined || declared === undefined) return [];
  const expected = policyOf(declared);
  return KINDS.flatMap((kind) => misfits(kind, entriesOf(expected[kind]), entriesOf(policy[kind])));
}

function misfits(
  kind: keyof PolicyOf,
  should: ReadonlyMap<string, unknown>,
  does: ReadonlyMap<string, unknown>,
): readonly Misfit[] {
  return [...new Set([...should.keys(), ...does.keys()])].flatMap((key) => {
    const expected = should.get(key);
    const found = likewise(does.get(key), expected);
    if (text(expected) === text(found)) return [];
    return [{ kind, name: nameOf(key, found ?? expected), text: text([kind, key, expected, found]) }];
  });
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isObject(value) ? Object.entries(value) : [["trustDomain", value]]);
}

/** Without what the registry does not say */
function likewise(found: unknown, expected: unknown): unknown {
  if (!isObject(found) || !isObject(expected) || !("expires" in expected) || "suspended" in expected) return found;
  const { suspended: _, ...rest } = found;
  return rest;
}

/** Agents stand by their SPIFFE ID. */
function nameOf(key: string, entry: unknown): string {
  return isObject(entry) && typeof entry["name"] === "string" ? entry["name"] : key;
}

function foreignBundle(base: Estate, head: Estate): readonly Unknown[] {
  const isForeign = ({ bundle, policy }: Estate): boolean =>
    bundle !== undefined && text(bundle.policy) !== text(policy);
  if (!isForeign(head) || (isForeign(base) && text(base.bundle?.policy) === text(head.bundle?.policy))) return [];
  const why = `it holds another policy document than ${POLICY}: synthesize again`;
  return [{ what: "what OPA is given", why, source: { address: BUNDLE } }];
}

/** Equal for equal JSON, whatever the order of its keys */
function text(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value, sortedKeys);
}
