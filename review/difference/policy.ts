import type { Changes, ChangesByPrincipal, Unknown } from "../change";
import { type JsonObject, isObject } from "../read/json";
import type { Estate } from "../read/resource";

const POLICY = "ambit/policy.json";
const BUNDLE = "ambit/bundle.tar.gz";

/** What engines are told of the fleet follows from the registry: whose entry changes without it is told something else. */
export function policyChanges(base: Estate, head: Estate): ChangesByPrincipal {
  const [before, after] = [agentsIn(base), agentsIn(head)];
  const changes = new Map<string, Changes>();
  for (const [name, entry] of after) {
    if (before.get(name) === entry || !isSame(base.registry, head.registry, "agents", name)) continue;
    const unknown = {
      what: `what policy engines know of ${name}`,
      why: `its entry in ${POLICY} changed, and its declaration did not: synthesize both again`,
      source: { address: `${POLICY}/agents` },
    };
    changes.set(name, { gains: [], losses: [], unknown: [unknown] });
  }
  return changes;
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
  return ["tools", "datasets", "intentRequired", "trustDomain", "version"]
    .filter((key) => !isSame(base.policy, head.policy, key) && isSame(base.registry, head.registry, key))
    .map((key) => ({
      what: `what policy engines know of ${key}`,
      why: `${key} in ${POLICY} changed, and the declarations did not: synthesize both again`,
      source: { address: `${POLICY}/${key}` },
    }));
}

function foreignBundle(base: Estate, head: Estate): readonly Unknown[] {
  const isForeign = ({ bundle, policy }: Estate): boolean =>
    bundle !== undefined && text(bundle.policy) !== text(policy);
  if (!isForeign(head) || (isForeign(base) && text(base.bundle?.policy) === text(head.bundle?.policy))) return [];
  const why = `it holds another policy document than ${POLICY}: synthesize again`;
  return [{ what: "what OPA is given", why, source: { address: BUNDLE } }];
}

/** By name */
function agentsIn({ policy }: Estate): ReadonlyMap<string, string> {
  const agents = policy?.["agents"];
  if (!isObject(agents)) return new Map();
  return new Map(
    Object.entries(agents).map(([id, agent]) => [isObject(agent) ? String(agent["name"]) : id, text([id, agent])]),
  );
}

function isSame(one: JsonObject | undefined, other: JsonObject | undefined, ...path: readonly string[]): boolean {
  const at = (document: JsonObject | undefined): unknown =>
    path.reduce<unknown>((value, key) => {
      const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, key);
      return isThere ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
    }, document);
  return text(at(one)) === text(at(other));
}

/** Equal for equal JSON, whatever the order of its keys */
function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
