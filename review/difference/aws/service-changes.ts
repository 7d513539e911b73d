import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../../change";
import type { AwsReach } from "../../reach/aws/aws-reach";
import type { PodIdentity } from "../../reach/aws/service/pod-identities";
import type { UnknownComparison } from "../unknowns";
import type { Access } from "../../../iam/access/access";
import { isWithin } from "../../../iam/access/difference";
import type { PoliciesRead } from "../../reach/aws/layer";
import type { ProfileRole, TrustAnchor } from "../../reach/aws/service/roles-anywhere";

/** Changes of roles, reported for every principal with that role */
class ByOwner {
  private readonly found = new Map<string, Changes>();
  private readonly owners = new Map<string, string[]>();

  /** @param reach that resolves roles; later ones take precedence */
  constructor(...reaches: readonly AwsReach[]) {
    for (const { principals } of reaches) {
      for (const { name, roles } of principals.values()) {
        for (const { key } of roles) this.owners.set(key, [...new Set([...(this.owners.get(key) ?? []), name])]);
      }
    }
  }

  /** For the principals with the role; for the resource itself if none of the configuration has it */
  public add(role: string, change: Change, isGain: boolean): void {
    const changes = isGain ? { gains: [change], losses: [] } : { gains: [], losses: [change] };
    for (const name of this.owners.get(role) ?? [change.source.address]) this.put(name, { ...changes, unknown: [] });
  }

  public addUnknown(unknown: Unknown, role?: string): void {
    const names = (role === undefined ? undefined : this.owners.get(role)) ?? [unknown.source.address];
    for (const name of names) this.put(name, { gains: [], losses: [], unknown: [unknown] });
  }

  public get changes(): ChangesByPrincipal {
    return this.found;
  }

  private put(name: string, changes: Changes): void {
    this.found.set(name, together(this.found.get(name), changes));
  }
}

/** Pods that get a role in one state and not in the other; the address of an association does not matter. */
export function podChanges(reached: AwsReach, reaches: AwsReach, unknowns: UnknownComparison): ChangesByPrincipal {
  const changes = new ByOwner(reaches, reached);
  const [before, after] = [reached.pods, reaches.pods];
  for (const one of newIdentities(before.identities, after.identities)) changes.add(one.key, podChange(one), true);
  for (const one of newIdentities(after.identities, before.identities)) changes.add(one.key, podChange(one), false);
  for (const unknown of unknowns.fresh(before.unknown, after.unknown)) changes.addUnknown(unknown);
  return changes.changes;
}

/** It was only possible before, and is certain now. */
function newIdentities(before: readonly PodIdentity[], after: readonly PodIdentity[]): readonly PodIdentity[] {
  const known = new Set(
    before.flatMap((one) => [identityText(one), ...(one.unknown === undefined ? [identityText(one, "")] : [])]),
  );
  return after.filter(
    (one) => !known.has(identityText(one)) && !(one.unknown !== undefined && known.has(identityText(one, ""))),
  );
}

function identityText({ who, key, unknown = "" }: PodIdentity, why = unknown): string {
  return JSON.stringify([who, key, why]);
}

function podChange({ who, key, unknown, address }: PodIdentity) {
  return {
    kind: "trust",
    what: `role ${key} ${unknown === undefined ? "is" : "may be"} given to ${who} (EKS Pod Identity)`,
    witness: `${who} ask for credentials${unknown === undefined ? "" : `; ${unknown}`}`,
    source: { address },
  } as const;
}

/** Roles that certificates open in one state and not in the other, for how long, and from which authorities */
export function rolesAnywhereChanges(
  reached: AwsReach,
  reaches: AwsReach,
  unknowns: UnknownComparison,
): ChangesByPrincipal {
  const changes = new ByOwner(reaches, reached);
  const [before, after] = [reached.rolesAnywhere, reaches.rolesAnywhere];
  for (const [was, is, isGain] of [
    [before, after, true],
    [after, before, false],
  ] as const) {
    for (const [role, change] of profileGains(was.profiles, is.profiles)) changes.add(role, change, isGain);
    for (const anchor of newAnchors(was.anchors, is.anchors)) {
      for (const { key, unknown } of anchor.roles()) {
        if (unknown === undefined) changes.add(key, anchorTrust(anchor, key), isGain);
      }
      if (isGain) changes.addUnknown(anchorUnknown(anchor));
    }
  }
  for (const unknown of unknowns.fresh(before.unknown, after.unknown)) changes.addUnknown(unknown);
  return changes.changes;
}

function profileGains(
  before: readonly ProfileRole[],
  after: readonly ProfileRole[],
): readonly (readonly [role: string, change: Change])[] {
  return after.flatMap((is) => {
    const known = before.filter(({ key }) => key === is.key);
    if (known.some((was) => profileDifference(was, is).length === 0)) return [];
    const was = known.find(({ profile }) => profile === is.profile);
    const gains = was === undefined ? [profileGrant(is)] : profileDifference(was, is);
    return gains.map((gain) => [is.key, gain] as const);
  });
}

/** Rights of sessions by one profile that sessions by the other lack */
function profileDifference(was: ProfileRole, is: ProfileRole): readonly Change[] {
  const { profile, key } = is;
  const change = (kind: Change["kind"], what: string, witness: string): Change => ({
    kind,
    what: `${what} (role ${key}, profile ${profile} of Roles Anywhere)`,
    witness,
    source: { address: is.address },
  });
  return [
    ...(was.enabled === "true" || was.enabled === is.enabled ? [] : [profileGrant(is)]),
    ...(is.unknown === undefined && was.unknown !== undefined ? [profileGrant(is)] : []),
    ...(was.unread === is.unread ? [] : [profileGrant(is)]),
    // A value that is not yet a number may be any.
    ...(was.seconds === is.seconds || Number(is.seconds) <= Number(was.seconds)
      ? []
      : [
          change(
            "ttl",
            `sessions may last ${is.seconds} s, before ${was.seconds} s`,
            `credentials that were issued ${was.seconds} s ago`,
          ),
        ]),
    ...(isLimited(is.session, was.session)
      ? []
      : [
          change(
            "boundary",
            is.session === undefined ? "no session policy limits it any more" : "its session policies limit it less",
            "any other right of the role",
          ),
        ]),
    ...(was.acceptsName === is.acceptsName || is.acceptsName === "false"
      ? []
      : [change("trust", "the caller names the session", "a session with the name of another")]),
    ...(was.requiresInstance === is.requiresInstance || is.requiresInstance === "true"
      ? []
      : [
          change(
            "trust",
            "instance properties are not required any more",
            "a request without properties of an instance",
          ),
        ]),
  ];
}

function isLimited(session: PoliciesRead | undefined, before: PoliciesRead | undefined): boolean {
  if (before === undefined) return true;
  return session !== undefined && isWithin(accessOf(session), accessOf(before));
}

function accessOf({ statements }: PoliciesRead): Access {
  return { paths: [{ name: "session", layers: [{ name: "session", statements }] }] };
}

function profileGrant({ key, profile, unknown, address }: ProfileRole): Change {
  return {
    kind: "trust",
    what: `role ${key} ${unknown === undefined ? "is" : "may be"} given by the profile ${profile} of Roles Anywhere`,
    witness: `a certificate that its trust policy takes${unknown === undefined ? "" : `; ${unknown}`}`,
    source: { address },
  };
}

/** The same name with another source is another anchor. */
function newAnchors(before: readonly TrustAnchor[], after: readonly TrustAnchor[]): readonly TrustAnchor[] {
  return after.filter(
    (is) =>
      !before.some(
        (was) =>
          was.name === is.name &&
          was.source === is.source &&
          was.unread === is.unread &&
          (was.enabled === "true" || was.enabled === is.enabled),
      ),
  );
}

function anchorTrust({ name, address, source }: TrustAnchor, role: string): Change {
  return {
    kind: "trust",
    what: `role ${role} may be assumed with certificates under the trust anchor ${name} of Roles Anywhere`,
    witness: `a certificate of ${short(source)}`,
    source: { address },
  };
}

/** Its ARN is known only after apply, and may be written anywhere. */
function anchorUnknown({ name, address, source }: TrustAnchor) {
  return {
    what: `the trust anchor ${name}`,
    why: `it believes ${short(source)}, and which roles name it by the ARN that AWS gave it is not known: read it`,
    source: { address },
  };
}

/** A certificate bundle is long. */
function short(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}
