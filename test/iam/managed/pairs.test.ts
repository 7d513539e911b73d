import {
  type Access,
  type AccessRequest,
  difference,
  type Gained,
  isWithin,
  PreparedAccess,
  type Statement,
  valuesOf,
} from "../../../iam";
import { accessOf, comparablePairs, type ManagedAccess, managedAccesses } from "../../support/iam/managed-policies";
import { depth, DRAW_SEED } from "../../support/depth";
import { seeded } from "../../support/seeded";

const PAIRS = depth(4_000);
/** Two pairs in so many are compared in full, with a request for each difference. */
const IN_FULL = 15;
const CHAINS = depth(1_500);
const BOTH = depth(500);
/** Requests by which a policy is asked whether it allows what another does */
const MOST_REQUESTS = 50;
const LONG = 600_000;

const accesses = managedAccesses();
const comparable = comparablePairs(accesses);
const administrator = accesses.find(({ name }) => name === "AdministratorAccess") as ManagedAccess;

/** One in `deep` of AWS's policies, and fewer at the quick depth, beginning somewhere */
const few = (deep: number, quick = 10 * deep) =>
  accesses.filter((_, at) => (at + DRAW_SEED) % depth(deep, quick) === 0);

const prepared = new Map<ManagedAccess, PreparedAccess>();
function verdict(policy: ManagedAccess, request: AccessRequest): string {
  const known = prepared.get(policy) ?? new PreparedAccess(policy.access);
  prepared.set(policy, known);
  return known.decide(request).verdict;
}

const examples = new Map<ManagedAccess, readonly AccessRequest[]>();
/** Requests that `policy` allows, spread over its actions and resources */
function requestsOf(policy: ManagedAccess): readonly AccessRequest[] {
  const known = examples.get(policy);
  if (known !== undefined) return known;
  const { gained } = difference({ paths: [] }, policy.access);
  const step = Math.ceil(gained.length / MOST_REQUESTS);
  const requests = gained.filter((_, at) => at % step === 0).map(({ witness }) => witness);
  examples.set(policy, requests);
  return requests;
}

/** Half of them among those that may be within one another, half among all */
function sample(count: number, seed: number): readonly (readonly [ManagedAccess, ManagedAccess])[] {
  const next = seeded(seed);
  const one = <Of>(list: readonly Of[]): Of => list[next(list.length)] as Of;
  return Array.from({ length: count }, (_, at) => (at % 2 === 0 ? one(comparable) : [one(accesses), one(accesses)]));
}

/** `no` with an example; undecided is neither. */
function within(access: Access, other: Access): "yes" | "no" | "undecided" {
  if (isWithin(access, other)) return "yes";
  return difference(other, access).gained.length > 0 ? "no" : "undecided";
}

/** Nothing that must be within something is not; little of it is undecided. */
function expectWithin(what: string, claims: readonly (readonly [name: string, access: Access, other: Access])[]): void {
  const answers = claims.map(([name, access, other]) => [name, within(access, other)] as const);
  const named = (answer: string) => answers.filter(([, each]) => each === answer).map(([name]) => name);
  const [wrong, undecided] = [named("no"), named("undecided")];
  process.stdout.write(`AWS's policies: ${what}: ${claims.length}, of these undecided: ${undecided.length}\n`);
  expect({ seed: DRAW_SEED, wrong }).toEqual({ seed: DRAW_SEED, wrong: [] });
  expect(undecided.length).toBeLessThan(claims.length / 50);
}

/** The same policy in other words: the actions of each Allow stand in two statements. */
function cutInTwo(statement: Statement): readonly Statement[] {
  const { Action, ...rest } = statement;
  const actions = valuesOf(Action);
  if (statement.Effect === "Deny" || actions.length < 2) return [statement];
  const middle = actions.length >> 1;
  return [actions.slice(0, middle), actions.slice(middle)].map((some) => ({ ...rest, Action: some }));
}

/** Another text may turn out to be what a variable such as `${aws:username}` stands for: that is not known of a request. */
const hasVariables = ({ statements }: ManagedAccess): boolean => JSON.stringify(statements).includes("${");

/** What a witness must show */
function isShown({ witness, certain }: Gained, by: ManagedAccess, notBy: ManagedAccess): boolean {
  const [after, before] = [verdict(by, witness), verdict(notBy, witness)];
  if (!certain) return after !== "denied" && before !== "allowed";
  return after === "allowed" && (before === "denied" || (before === "unknown" && hasVariables(notBy)));
}

test(
  "each policy is within itself, in other words too",
  () => {
    const inTwo = ({ name, statements }: ManagedAccess) => accessOf(name, statements.flatMap(cutInTwo));
    expect(
      few(1, 40)
        .filter(({ access }) => !isWithin(access, access))
        .map(({ name }) => name),
    ).toEqual([]);
    const some = few(4, 100);
    expectWithin("each in two", [
      ...some.map((one) => [one.name, one.access, inTwo(one)] as const),
      ...some.map((one) => [one.name, inTwo(one), one.access] as const),
    ]);
  },
  LONG,
);

test(
  "AdministratorAccess contains all, and no other contains it",
  () => {
    expectWithin(
      "each in AdministratorAccess",
      few(1).map(({ name, access }) => [name, access, administrator.access]),
    );
    const asWide = [administrator, ...few(1)].filter(({ access }) => isWithin(administrator.access, access));
    expect([...new Set(asWide)].map(({ name }) => name)).toEqual(["AdministratorAccess"]);
  },
  LONG,
);

test(
  "pairs of policies are compared exactly, or are undecided for a reason",
  () => {
    const counts = { pairs: 0, within: 0, inFull: 0, differences: 0, undecided: 0 };
    const wrong: string[] = [];
    sample(PAIRS, DRAW_SEED).forEach(([one, other], at) => {
      const isInside = isWithin(one.access, other.access);
      const said = (what: string) => wrong.push(`${one.name} in ${other.name}: ${what}`);
      counts.pairs += 1;
      if (isInside) {
        counts.within += 1;
        if (requestsOf(one).some((request) => verdict(other, request) === "denied")) said("not for a request");
      }
      if (at % IN_FULL > 1) return;
      const { gained, undecided } = difference(other.access, one.access);
      counts.inFull += 1;
      counts.differences += gained.length;
      if (undecided.length > 0) counts.undecided += 1;
      if (isInside !== (gained.length === 0 && undecided.length === 0)) said("within, and a difference, or neither");
      if (undecided.some(({ why }) => why === "")) said("undecided without a reason");
      for (const gain of gained) if (!isShown(gain, one, other)) said(`no example: ${JSON.stringify(gain.witness)}`);
    });
    process.stdout.write(`AWS's policies: seed ${DRAW_SEED}, ${JSON.stringify(counts)}\n`);
    expect({ seed: DRAW_SEED, wrong }).toEqual({ seed: DRAW_SEED, wrong: [] });
    expect(counts.within).toBeGreaterThan(PAIRS / 20);
    expect(counts.undecided).toBeLessThan(counts.inFull / 50);
  },
  LONG,
);

test(
  "what is within a policy is within what that is within",
  () => {
    const next = seeded(DRAW_SEED + 1);
    const wider = new Map<ManagedAccess, ManagedAccess[]>();
    for (const [one, other] of comparable) wider.set(one, [...(wider.get(one) ?? []), other]);
    const chains = Array.from({ length: CHAINS }).flatMap(() => {
      const [low, middle] = comparable[next(comparable.length)] as readonly [ManagedAccess, ManagedAccess];
      const above = wider.get(middle) ?? [];
      const high = above[next(above.length)];
      if (high === undefined || !isWithin(low.access, middle.access) || !isWithin(middle.access, high.access))
        return [];
      return [[`${low.name} < ${middle.name} < ${high.name}`, low.access, high.access] as const];
    });
    expect(chains.length).toBeGreaterThan(CHAINS / 100);
    expectWithin("chains of three", chains);
  },
  LONG,
);

test(
  "two policies that both must allow are within each of them",
  () => {
    const claims = sample(BOTH, DRAW_SEED + 2).flatMap(([one, other]) => {
      const both = accessOf("both", one.statements, other.statements);
      return [one, other].map(
        ({ name, access }) => [`${one.name} and ${other.name} in ${name}`, both, access] as const,
      );
    });
    expectWithin("both in each", claims);
  },
  LONG,
);
