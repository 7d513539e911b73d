import fc from "fast-check";
import type { AccessPath, AccessRequest } from "../../../../iam/access/access";
import type { ChangesByPrincipal } from "../../../../review/change";
import { awsChanges } from "../../../../review/difference/aws/aws-changes";
import { AlikeDifferences } from "../../../../review/difference/aws/alike/alike-differences";
import { Shapes } from "../../../../review/difference/aws/alike/shapes";
import { principalPairs } from "../../../../review/difference/aws/principal-pairs";
import { requestText } from "../../../../review/reach/aws/words";
import { agentAccess } from "../../../../review/judgement/task-access";
import { auditPowers } from "../../../../review/judgement/combinations/audit-powers";
import { AwsCombinations } from "../../../../review/judgement/combinations/aws-combinations";
import { DeclaredAccess } from "../../../../review/judgement/declared-data";
import { Examples } from "../../../../review/judgement/examples";
import type { FleetState } from "../../../../review/reach/fleet-state";
import { UndeclaredAccess } from "../../../../review/judgement/undeclared/undeclared-access";
import { ungrantedAccess } from "../../../../review/judgement/ungranted-access";
import { PolicyTexts } from "../../../../review/reach/aws/policy-texts";
import { awsReach } from "../../../../review/reach/aws/aws-reach";
import { allows } from "../../../support/iam/brute-force";
import { ACCOUNT, roleArn, smallEstate } from "../../aws/small-estate";
import { deniedToOne, type DrawnFleet, fleets, stateOf } from "./alike-fleet";
import { depth } from "../../../support/depth";

const RUNS = depth(60);

/** Without sharing: each question is asked for each principal. */
class Unshared extends Shapes {
  public override ofPath(): undefined {}
  public override of(): undefined {}
  public override ofStatement(): undefined {}
}

/** Remembers who had a shape that another had before. */
class Watched extends Shapes {
  public readonly alike = new Set<string>();
  private readonly firsts = new Map<number, string>();

  public override ofPath(path: AccessPath, name: string): number | undefined {
    const shape = super.ofPath(path, name);
    if (shape === undefined) return undefined;
    const first = this.firsts.get(shape) ?? name;
    this.firsts.set(shape, first);
    if (first !== name) this.alike.add(name);
    return shape;
  }
}

const reachesOf = (fleet: DrawnFleet) => {
  const texts = new PolicyTexts();
  const [base, head] = [smallEstate(stateOf(fleet, "base")), smallEstate(stateOf(fleet, "head"))];
  return { base, head, reached: awsReach(base, texts), reaches: awsReach(head, texts) };
};

test("what each agent gains and loses in AWS is what it would be if no other agent were like it", () => {
  let shared = 0;
  fc.assert(
    fc.property(fleets, (fleet) => {
      const { base, head, ...both } = reachesOf(fleet);
      const shapes = new Watched();
      const found = awsChanges(base, head, both, shapes);
      const sought = awsChanges(base, head, both, new Unshared());
      expect(told(found)).toEqual(told(sought));

      const pairs = principalPairs(both.reached.principals, both.reaches.principals);
      const shown = { gains: shownBy(pairs, 0, 1), losses: shownBy(pairs, 1, 0) };
      for (const [name, changes] of found) {
        for (const kind of ["gains", "losses"] as const) {
          for (const [at, { witness }] of changes[kind].entries()) {
            if (witness === sought.get(name)?.[kind][at]?.witness) continue;
            expect(shown[kind].get(name)).toContain(witness.replace(/, by way of .*/, ""));
          }
        }
      }
      if ([...shapes.alike].some((name) => (found.get(name)?.gains.length ?? 0) > 0)) shared++;
    }),
    { numRuns: RUNS, examples: [[deniedToOne]] },
  );
  expect(shared).toBeGreaterThan(RUNS / 20);
});

/** Without witnesses */
function told(changes: ChangesByPrincipal) {
  const plainly = ({ kind, what, source }: { kind?: string; what: string; source: object }) => ({ kind, what, source });
  return new Map(
    [...changes].map(([name, { gains, losses, unknown }]) => [
      name,
      { gains: gains.map(plainly), losses: losses.map(plainly), unknown },
    ]),
  );
}

type Pairs = ReturnType<typeof principalPairs>;

/** By name, requests that show what is gained from one state to the other: each is allowed there, and here it is not. */
function shownBy(pairs: Pairs, from: 0 | 1, to: 0 | 1): ReadonlyMap<string, readonly string[]> {
  const alike = new AlikeDifferences(new Shapes());
  const shown = new Map<string, readonly string[]>();
  for (const [name, pair] of pairs) {
    const [denied, denies] = [pair[from]?.denies ?? [], pair[to]?.denies ?? []];
    const gained = (pair[to]?.paths ?? []).flatMap((is) => {
      const was = pair[from]?.paths.find((path) => path.name === is.name);
      const found = alike.of({ name, was, is, denied, denies }).gained;
      for (const { witness, certain } of found) {
        if (!certain) continue;
        const request = plain(witness);
        const before = was !== undefined && allows({ paths: [was], denies: denied }, request);
        const after = allows({ paths: [is], denies }, request);
        expect({ witness, before, after }).toEqual({ witness, before: false, after: true });
      }
      return found;
    });
    shown.set(
      name,
      gained.map(({ witness }) => requestText(witness)),
    );
  }
  return shown;
}

/** A witness writes a dollar before a brace as policies do. */
function plain(witness: AccessRequest): AccessRequest {
  return JSON.parse(JSON.stringify(witness).replaceAll("${$}", "$")) as AccessRequest;
}

const data = fc.subarray(["data", "rows", "own", "key"] as const);

test("what an agent has beyond its declarations, lacks, and can combine is what it would be if no other were like it", () => {
  let shared = 0;
  fc.assert(
    fc.property(fleets, data, (fleet, declared) => {
      const { head: estate, reaches: aws } = reachesOf(fleet);
      const state = { estate, aws, registry: registryOf(fleet.names, declared) } as unknown as FleetState;
      const shapes = new Watched();
      expect(judged(state, fleet.names, shapes)).toEqual(judged(state, fleet.names, new Unshared()));
      if (shapes.alike.size > 0) shared++;
    }),
    { numRuns: RUNS },
  );
  expect(shared).toBeGreaterThan(RUNS / 20);
});

function judged(state: FleetState, names: readonly string[], shapes: Shapes) {
  const declared = new DeclaredAccess(state.registry!);
  const [beyond, examples] = [new UndeclaredAccess(shapes), new Examples(shapes)];
  const combinations = new AwsCombinations(auditPowers(state.estate), shapes);
  const agents = names.map((name) => {
    const access = agentAccess(state, name, declared)!;
    const principal = state.aws.principals.get(name)!;
    return {
      undeclared: beyond.of(access),
      ungranted: ungrantedAccess(state, access, examples),
      combinations: combinations.of(principal),
      secrets: combinations.secretsOf(principal),
    };
  });
  return agents;
}

function registryOf(names: readonly string[], declared: readonly string[]) {
  const task = (name: string) => ({
    aws: { role: roleArn(name) },
    data: Object.fromEntries(declared.map((one) => [one, ["read"]])),
  });
  const place = { account: ACCOUNT };
  return {
    agents: Object.fromEntries(names.map((name) => [name, { state: "active", tasks: { work: task(name) } }])),
    datasets: {
      data: { kind: "bucket", bucket: "data", prefix: "", ...place },
      rows: { kind: "table", table: "rows", boundTo: "agent", ...place },
      own: { kind: "table", table: names[0], ...place },
      key: { kind: "secret", secret: "key", ...place },
    },
  };
}
