import type { ChangesByPrincipal, Unknown } from "../change";
import { type PolicyOf, policyOf } from "../reach/declared/policy-of";
import { readRegistry } from "../reach/declared/read-registry";
import type { Estate } from "../read/resource";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

/** What engines are told of each agent follows from the registry: where it does not, they may allow anything. */
export function policyChanges(base: Estate, head: Estate): ChangesByPrincipal {
  return new Map(
    newMisfits(base, head, "agents").map(({ name }) => {
      const what = `what policy engines know of ${name}`;
      return [name, { gains: [], losses: [], unknown: [unfit(what, "agents")] }];
    }),
  );
}

/** What concerns everybody: the policies themselves, and documents that do not fit together */
export function policyUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  return [...changedSources(base, head), ...changedShared(base, head), ...foreignBundle(base, head)];
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

function changedShared(base: Estate, head: Estate): readonly Unknown[] {
  const misfits = (["tools", "datasets", "trustDomain"] as const).flatMap((kind) =>
    newMisfits(base, head, kind).map(({ name }) => unfit(`what policy engines know of ${name}`, kind)),
  );
  const others = ["intentRequired", "version"]
    .filter((key) => text(base.policy?.[key]) !== text(head.policy?.[key]))
    .map((key) => ({
      what: `${key} of the policy document`,
      why: `it is ${text(head.policy?.[key])}, was ${text(base.policy?.[key])}`,
      source: { address: `${POLICY}/${key}` },
    }));
  return [...misfits, ...others];
}

function unfit(what: string, kind: string): Unknown {
  const why = `${POLICY} says otherwise than the declarations: synthesize both again`;
  return { what, why, source: { address: `${POLICY}/${kind}` } };
}

interface Misfit {
  readonly name: string;
  /** What should stand there, and what does */
  readonly text: string;
}

/** But for what did not fit in the same way before */
function newMisfits(base: Estate, head: Estate, kind: keyof PolicyOf): readonly Misfit[] {
  const known = new Set(misfits(base, kind).map((misfit) => misfit.text));
  return misfits(head, kind).filter((misfit) => !known.has(misfit.text));
}

function misfits({ registry, policy }: Estate, kind: keyof PolicyOf): readonly Misfit[] {
  const declared = readRegistry(registry).registry;
  // What cannot be read is unknown for everybody already.
  if (policy === undefined || declared === undefined) return [];
  const [should, does] = [entriesOf(policyOf(declared)[kind]), entriesOf(policy[kind])];
  return [...new Set([...should.keys(), ...does.keys()])].flatMap((key) => {
    const expected = should.get(key);
    const found = likewise(does.get(key), expected);
    if (text(expected) === text(found)) return [];
    return [{ name: nameOf(key, found ?? expected), text: text([key, expected, found]) }];
  });
}

function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(isRecord(value) ? Object.entries(value) : [["trustDomain", value]]);
}

/** Without what the registry does not say */
function likewise(found: unknown, expected: unknown): unknown {
  if (!isRecord(found) || !isRecord(expected) || !("expires" in expected) || "suspended" in expected) return found;
  const { suspended: _, ...rest } = found;
  return rest;
}

/** Agents stand by their SPIFFE ID. */
function nameOf(key: string, entry: unknown): string {
  return isRecord(entry) && typeof entry["name"] === "string" ? entry["name"] : key;
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
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
