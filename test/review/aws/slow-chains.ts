import type { AccessPath, Layer, SourcedStatement } from "../../../iam/access/access";
import { difference } from "../../../iam/access/difference";
import { literalPattern } from "../../../iam/sets/literal-pattern";
import type { RoleEdges } from "../../../review/reach/aws/chain/role-edges";
import { isAccount, roleOfSession, to } from "../../../review/reach/aws/direct-grants";
import type { PolicyTexts } from "../../../review/reach/aws/policy-texts";
import type { RoleAccess } from "../../../review/reach/aws/role-access";
import { ITS_ROLE } from "../../../review/reach/aws/way";
import { arnOf, roleName } from "../../../review/reach/aws/caller";
import type { Estate, Resource } from "../../../review/read/resource";

/** How certain it is that one role may become another */
export type Certainty = "certain" | "open" | "none";

/** By the definition: every role is asked about every other, with all of their policies, and nothing is kept. */
export class SlowChains {
  constructor(
    private readonly estate: Estate,
    private readonly access: RoleAccess,
    private readonly texts: PolicyTexts,
    private readonly roles: readonly Resource[],
  ) {}

  public edge(from: Resource, target: Resource): Certainty {
    const [sure, ...others] = this.access.pathsOf(from, ITS_ROLE);
    const [one, other] = [from, target].map((role) => roleName(arnOf(role, this.estate))?.account);
    const isSame = one !== undefined && one === other;
    const known = this.decided(target, sure as AccessPath, isSame);
    if (known !== "none") return known;
    const unread = this.access.trustOf(target).unknown.length > 0;
    const open = unread ? [sure as AccessPath, ...others] : others;
    return open.some((way) => this.decided(target, way, isSame, unread) !== "none") ? "open" : "none";
  }

  /** Reachable roles and their distance: over certain edges where they suffice. */
  public closure(start: Resource): ReadonlyMap<string, string> {
    const certain = this.distances(start, (certainty) => certainty === "certain");
    const any = this.distances(start, (certainty) => certainty !== "none");
    return new Map(
      [...any.keys()].map((role) => [role.address, certain.has(role) ? `certain, ${certain.get(role)}` : "open"]),
    );
  }

  private distances(start: Resource, isOpen: (certainty: Certainty) => boolean): ReadonlyMap<Resource, number> {
    const found = new Map([[start, 0]]);
    for (let steps = 1; steps <= this.roles.length; steps++) {
      for (const [from, at] of [...found]) {
        if (at !== steps - 1) continue;
        for (const role of this.roles) if (!found.has(role) && isOpen(this.edge(from, role))) found.set(role, steps);
      }
    }
    found.delete(start);
    return found;
  }

  private decided(target: Resource, way: AccessPath, isSame: boolean, isUnread = false): Certainty {
    const { gained, undecided } = difference({ paths: [] }, { paths: this.ways(target, way, isSame, isUnread) });
    if (gained.some(({ certain }) => certain)) return "certain";
    return gained.length + undecided.length > 0 ? "open" : "none";
  }

  private ways(target: Resource, { layers }: AccessPath, isSame: boolean, isUnread: boolean): readonly AccessPath[] {
    const { statements } = this.access.trustOf(target);
    const resource = literalPattern(arnOf(target, this.estate));
    const asks = this.layer("asks", { Effect: "Allow", Action: "sts:AssumeRole", Resource: resource });
    const [every] = this.layer("", { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }).statements;
    const path = (name: string, parts: readonly Layer[], trust: readonly SourcedStatement[]): AccessPath => ({
      name,
      layers: [asks, ...parts, { name: "trust", statements: trust }],
    });
    const byRights = path("rights", layers, isUnread ? [...statements, every as SourcedStatement] : statements);
    if (!isSame) return [byRights];
    const kept = (...names: readonly string[]): readonly Layer[] => layers.filter(({ name }) => names.includes(name));
    const isSession = (named: string): boolean => roleOfSession(named) !== undefined;
    const toRoles = statements
      .flatMap((one) => to(one, (named) => named !== "*" && !isAccount(named) && !isSession(named), this.texts))
      .filter(({ statement }) => statement.Principal !== undefined && statement.Principal !== "*");
    const toSessions = statements.flatMap((one) => to(one, (named) => named === "*" || isSession(named), this.texts));
    return [
      byRights,
      path("trust", kept("boundary", "session", "asker"), toRoles),
      path("sessions", kept("asker"), toSessions),
    ];
  }

  private layer(name: string, statement: Parameters<PolicyTexts["one"]>[0]): Layer {
    return { name, statements: [{ statement: this.texts.one(statement), source: "asked" }] };
  }
}

/** As the review finds them, in the same words */
export function edgesOf(edges: RoleEdges, access: RoleAccess, from: Resource): ReadonlyMap<string, Certainty> {
  const found = edges.from(from, access.pathsOf(from, ITS_ROLE), () => true).edges;
  return new Map(found.map(({ to, unknown }) => [to.address, unknown === undefined ? "certain" : "open"]));
}
