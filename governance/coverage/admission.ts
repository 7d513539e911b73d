import { admissionObjects, type PolicyFacts } from "../../constructs/admission/declared-policies";
import { narrowSubjects, type Principals } from "../../constructs/platform/cluster-checks";
import { CONTROL_NAMESPACE, KILL_SWITCH_GROUP } from "../../constructs/platform/names";
import { sortedKeys } from "../../domain/json";
import { sameJson } from "../../review/read/json";
import { at, type Located, manifestOf, type Output } from "./output";

const POLICY = "ValidatingAdmissionPolicy";
const BINDING = "ValidatingAdmissionPolicyBinding";

/** Addresses of all these admission policies and their bindings; none if one is missing */
export function admissions(output: Output, ...names: readonly string[]): readonly string[] {
  const found = names.map((name) => admission(output, name));
  return found.some((each) => each.length === 0) ? [] : found.flat();
}

/** An admission policy as this version of the constructs writes it, and its binding that denies; nothing for another one */
export function admission(output: Output, name: string): readonly string[] {
  const known = ADMITTED.get(output) ?? admittedBy(output);
  ADMITTED.set(output, known);
  return known.get(name) ?? [];
}

type Admitted = ReadonlyMap<string, readonly string[]>;

const ADMITTED = new WeakMap<Output, Admitted>();

/** Addresses of policies and bindings, by name */
function admittedBy(output: Output): Admitted {
  const [policies, bindings] = [named(output, POLICY), named(output, BINDING)];
  const found = new Map<string, readonly string[]>();
  const deployers = new Set<string>();
  const made = new Map<string, ReturnType<typeof admissionObjects>>();
  for (const [name, policy] of policies) {
    const binding = bindings.get(name);
    const manifest = manifestIn(policy);
    const facts = manifest === undefined ? undefined : factsOf(name, manifest, output);
    if (binding === undefined || facts === undefined) continue;
    const key = text(facts);
    const objects = made.get(key) ?? admissionObjects(facts);
    made.set(key, objects);
    const expected = objects.get(name);
    if (!sameJson(manifest, expected?.policy) || !sameJson(manifestIn(binding), expected?.binding)) continue;
    found.set(name, [policy.address, binding.address]);
    if (facts.deployers !== NONE) deployers.add(text(facts.deployers));
  }
  // A policy that lets others through than its neighbours was not written by the same synth.
  if (deployers.size > 1) return new Map();
  // The others select namespaces by labels, which anyone who may label a namespace could take off.
  return found.has("ambit-namespaces") ? found : new Map();
}

/** Those whose name stands once: of two objects with one name, either could be the one that is there. */
function named(output: Output, kind: string): ReadonlyMap<string, Located> {
  const names = output.allManifests(kind).map(({ block }) => at(manifestOf(block.body), "metadata", "name"));
  const isOnce = (name: unknown): boolean => names.indexOf(name) === names.lastIndexOf(name);
  return new Map(
    output.manifests(kind).flatMap((located) => {
      const name = at(manifestOf(located.block.body), "metadata", "name");
      return typeof name === "string" && isOnce(name) ? [[name, located] as const] : [];
    }),
  );
}

/** The object, where nothing beside it says that a part of it is another's to write */
function manifestIn({ block }: Located): object | undefined {
  const { manifest, depends_on: _, ...others } = block.body;
  return Object.keys(others).length === 0 && typeof manifest === "object" && manifest !== null ? manifest : undefined;
}

const NONE: Principals = { users: [], groups: [] };
const NO_FACTS: PolicyFacts = { deployers: NONE, killers: NONE, hostPathNamespaces: [] };

/** What of the platform a policy says: the rest of it must follow from this. Undefined for what no platform may say. */
function factsOf(name: string, manifest: object, output: Output): PolicyFacts | undefined {
  if (OF_HOSTS.has(name)) return hostFacts(manifest, output);
  const written = text(manifest);
  if (sameJson(manifest, policyOf(name, NO_FACTS))) return NO_FACTS;
  for (const shape of name === OF_KILLERS ? SHAPES : SHAPES.filter(({ killers }) => killers === NONE)) {
    const found = read(written, name, shape);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hostFacts(manifest: object, output: Output): PolicyFacts | undefined {
  const expressions = at(manifest, "spec", "matchConstraints", "namespaceSelector", "matchExpressions");
  const exempt = Array.isArray(expressions) ? at((expressions as readonly unknown[])[0], "values") : undefined;
  if (!Array.isArray(exempt)) return NO_FACTS;
  const guarded = new Set([CONTROL_NAMESPACE, ...output.agents.map(({ entry }) => entry.workload.namespace)]);
  return exempt.some((each) => guarded.has(each as string)) ? undefined : { ...NO_FACTS, hostPathNamespaces: exempt };
}

/** Stands for names of a platform */
const MARKS = { users: "\u0000users", groups: "\u0000groups", killerUsers: "\u0000kills", killerGroups: "\u0000kill" };
type Mark = keyof typeof MARKS;

/** Policies that name the namespaces whose pods may use the node */
const OF_HOSTS: ReadonlySet<string> = new Set(["ambit-host-access", "ambit-host-paths"]);

/** The only policy that names who else may write the list of stopped agents */
const OF_KILLERS = "ambit-records";

const DEPLOYERS: readonly Principals[] = [
  { users: [], groups: [MARKS.groups] },
  { users: [MARKS.users], groups: [] },
  { users: [MARKS.users], groups: [MARKS.groups] },
  NONE,
];

const KILLERS: readonly Principals[] = [
  NONE,
  ...[[MARKS.killerUsers], []].flatMap((users) =>
    [[MARKS.killerGroups, KILL_SWITCH_GROUP], [MARKS.killerGroups]].map((groups) => ({ users, groups })),
  ),
  { users: [MARKS.killerUsers], groups: [] },
];

/** Lists that a policy may have: an empty one is written as another expression */
const SHAPES: readonly PolicyFacts[] = KILLERS.flatMap((killers) =>
  DEPLOYERS.map((deployers) => ({ ...NO_FACTS, deployers, killers })),
);

const MADE = new WeakMap<PolicyFacts, ReturnType<typeof admissionObjects>>();

/** Of facts that stand in this file, and are asked for again */
function policyOf(name: string, facts: PolicyFacts): object | undefined {
  const made = MADE.get(facts) ?? admissionObjects(facts);
  MADE.set(facts, made);
  return made.get(name)?.policy;
}

/** The names that are written in the places of the marks, the same in each place */
function read(written: string, name: string, shape: PolicyFacts): PolicyFacts | undefined {
  const expected = text(policyOf(name, shape));
  const groups = new RegExp(`^${patternOf(expected, shape)}$`).exec(written)?.groups;
  if (groups === undefined) return undefined;
  const list = (mark: Mark): readonly string[] => {
    const found = groups[mark];
    return found === undefined ? [] : (JSON.parse(JSON.parse(`"${found}"`) as string) as string[]);
  };
  try {
    const deployers = narrow({ users: list("users"), groups: list("groups") });
    const killers = narrow({ users: list("killerUsers"), groups: list("killerGroups") });
    return { ...NO_FACTS, deployers, killers };
  } catch {
    return undefined;
  }
}

/** @throws DeclarationError for everyone, which no platform may name */
function narrow(principals: Principals): Principals {
  return narrowSubjects(principals, "", "subjects", "");
}

function patternOf(expected: string, { deployers, killers }: PolicyFacts): string {
  const lists: Readonly<Record<Mark, readonly string[]>> = {
    users: deployers.users,
    groups: deployers.groups,
    killerUsers: killers.users,
    killerGroups: killers.groups,
  };
  let pattern = escaped(expected);
  for (const [mark, names] of Object.entries(lists)) {
    if (names.length === 0) continue;
    const [first, ...rest] = pattern.split(escaped(inText(names)));
    if (rest.length === 0) continue;
    pattern = `${first}(?<${mark}>${LIST})${rest.join(`\\k<${mark}>`)}`;
  }
  return pattern;
}

/** A list of names as a literal of CEL, in a text of JSON */
const LIST = String.raw`\[(?:\\"[^"\\]+\\",?)+\]`;

function inText(names: readonly string[]): string {
  return JSON.stringify(JSON.stringify(names)).slice(1, -1);
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function text(value: unknown): string {
  return JSON.stringify(value, sortedKeys);
}
