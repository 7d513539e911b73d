import { own } from "../../domain";
import type { Change, ChangeSource, Unknown } from "../change";
import { Shapes } from "../difference/aws/alike/shapes";
import { principalPairs } from "../difference/aws/principal-pairs";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import type { Principal } from "../reach/kubernetes/principal";
import type { Combination, Horizon, PrincipalReview, Review } from "../review";
import { agentAccess } from "./task-access";
import { auditText } from "./combinations/audit-powers";
import { Combinations, combinationsOf, type PrincipalState } from "./combinations/combinations";
import { DeclaredAccess } from "./declared-data";
import { Examples } from "./examples";
import { misstatements, type DeclarationFacts, declarationFacts } from "./registry-facts";
import type { FleetState } from "../reach/fleet-state";
import { UndeclaredAccess, undeclaredGrants } from "./undeclared/undeclared-access";
import { undeclaredIdentities, undeclaredRights } from "./undeclared/cluster-rights";
import { undeclaredTrust } from "./undeclared/role-trust";
import { ungrantedAccess } from "./ungranted-access";

export interface PrincipalJudgement extends Pick<PrincipalReview, "risk" | "horizon" | "combinations"> {
  /** Facts in head that contradict its declarations, unless base has the same contradiction */
  readonly misstated: readonly Unknown[];
}

export interface Judgement extends Pick<Review, "undeclared" | "ungranted"> {
  /** Agents with AWS access that their declarations do not explain, or may not */
  readonly beyond: ReadonlySet<string>;
  /** By name; every changed principal */
  readonly principals: ReadonlyMap<string, PrincipalJudgement>;
}

/**
 * The meaning of the changes: risk, lifetimes after a kill, dangerous combinations, and differences between declarations
 * and access.
 *
 * @param changed names of every principal that gained or lost, and of agents with changed declarations
 */
export function judgementOf(
  base: FleetState,
  head: FleetState,
  changed: ReadonlySet<string>,
  shapes = new Shapes(),
): Judgement {
  const names = [...(isAuditedAlike(base, head) ? changed : allNames(head, changed))].sort();
  const principals = new Principals(base, head, shapes);
  const access = accessJudged(head, names, shapes);
  return {
    principals: new Map(names.map((name) => [name, principals.judged(name)])),
    undeclared: [
      ...access.undeclared,
      ...undeclaredTrust(head),
      ...undeclaredGrants(head),
      ...undeclaredRights(head),
      ...undeclaredIdentities(head),
    ],
    ungranted: access.ungranted,
    beyond: access.beyond,
  };
}

/** Declared AWS access against granted, agent by agent */
function accessJudged(
  state: FleetState,
  names: readonly string[],
  shapes: Shapes,
): Pick<Judgement, "undeclared" | "ungranted" | "beyond"> {
  const { registry } = state;
  const [undeclared, ungranted]: [Change[], Change[]] = [[], []];
  const found = new Set<string>();
  if (registry === undefined) return { undeclared, ungranted, beyond: found };
  const [declared, beyond, examples] = [
    new DeclaredAccess(registry),
    new UndeclaredAccess(shapes),
    new Examples(shapes),
  ];
  for (const name of names) {
    const access = agentAccess(state, name, declared);
    if (access === undefined) continue;
    const changes = beyond.of(access);
    if (changes.length > 0) found.add(name);
    undeclared.push(...changes.map(located(name, state)));
    ungranted.push(...ungrantedAccess(state, access, examples).map(located(name, state)));
  }
  return { undeclared, ungranted, beyond: found };
}

/** With the source line of the declaration, if known */
function located(name: string, { places }: FleetState) {
  return <One extends { readonly source: ChangeSource }>(one: One): One => ({
    ...one,
    source: { ...one.source, ...places.of(name, one.source.address) },
  });
}

class Principals {
  private readonly combinations: Readonly<Record<"base" | "head", Combinations>>;
  /** By name in head: the same principal in base */
  private readonly wasInAws: ReadonlyMap<string, readonly [AwsPrincipal | undefined, AwsPrincipal | undefined]>;
  private readonly inCluster: ReadonlyMap<string, Principal>;

  public constructor(
    private readonly base: FleetState,
    private readonly head: FleetState,
    shapes: Shapes,
  ) {
    this.combinations = { base: new Combinations(base, shapes), head: new Combinations(head, shapes) };
    this.wasInAws = new Map(principalPairs(base.aws.principals, head.aws.principals));
    this.inCluster = new Map([...head.kubernetes.principals.values()].map((one) => [one.name, one]));
  }

  public judged(name: string): PrincipalJudgement {
    const before = derivedIn(this.base, name);
    const after = this.base.registry === this.head.registry ? before : derivedIn(this.head, name);
    return {
      risk: { ...(before !== undefined && { before: before.risk }), ...(after !== undefined && { after: after.risk }) },
      horizon: { ...longest("before", before), ...longest("after", after) },
      combinations: this.combinationsOf(name),
      misstated: this.newlyMisstated(name, before, after).map(located(name, this.head)),
    };
  }

  private combinationsOf(name: string): readonly Combination[] {
    const inCluster = this.inCluster.get(name);
    const [wasInAws, inAws] = this.wasInAws.get(name) ?? [];
    const now: PrincipalState = { ...this.asAgent(this.head, name), aws: inAws, inCluster };
    const held = this.combinations.head.of(now);
    if (held.length === 0) return [];
    const wasInCluster = inCluster && this.base.kubernetes.principals.get(inCluster.key);
    const before: PrincipalState = { ...this.asAgent(this.base, name), aws: wasInAws, inCluster: wasInCluster };
    return combinationsOf(this.combinations.base.of(before), held).map((one) => ({
      ...one,
      parts: one.parts.map(located(name, this.head)),
    }));
  }

  private asAgent({ registry }: FleetState, name: string): Pick<PrincipalState, "agent"> {
    return own(registry?.agents, name) === undefined ? {} : { agent: name };
  }

  private newlyMisstated(name: string, before?: DeclarationFacts, after?: DeclarationFacts): readonly Unknown[] {
    const [was, is] = [this.base.registry, this.head.registry];
    if (is === undefined || after === undefined) return [];
    const known = was === undefined || before === undefined ? [] : misstatements(was, name, before);
    const said = new Set(known.map((one) => JSON.stringify(one)));
    return misstatements(is, name, after).filter((one) => !said.has(JSON.stringify(one)));
  }
}

function derivedIn({ registry }: FleetState, name: string): DeclarationFacts | undefined {
  return registry && declarationFacts(registry, name);
}

function longest(
  state: "before" | "after",
  derived: DeclarationFacts | undefined,
): Partial<Record<typeof state, Horizon>> {
  const [first] = derived?.horizon ?? [];
  return first === undefined ? {} : { [state]: first };
}

function isAuditedAlike(base: FleetState, head: FleetState): boolean {
  return auditText(base.estate) === auditText(head.estate);
}

function allNames({ aws, registry }: FleetState, changed: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...changed, ...aws.principals.keys(), ...Object.keys(registry?.agents ?? {})]);
}
