import type { Access } from "../../../../iam/access/access";
import { isWithin } from "../../../../iam/access/difference";
import type { Change, ChangesByPrincipal } from "../../../change";
import type { PoliciesRead } from "../../../reach/aws/read-policies";
import type { AwsReach } from "../../../reach/aws/aws-reach";
import type { ProfileRole, TrustAnchor } from "../../../reach/aws/service/roles-anywhere";
import type { UnknownComparison } from "../../unknown-comparison";
import { ByOwner } from "./owner-changes";

/** Which roles certificates open in one state and not in the other, for how long, and whose certificates */
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
        if (unknown === undefined) changes.add(key, believed(anchor, key), isGain);
      }
      if (isGain) changes.addUnknown(elsewhere(anchor));
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
    if (known.some((was) => gainsOver(was, is).length === 0)) return [];
    const was = known.find(({ profile }) => profile === is.profile);
    const gains = was === undefined ? [listed(is)] : gainsOver(was, is);
    return gains.map((gain) => [is.key, gain] as const);
  });
}

/** What sessions by one profile may do, and those by another may not */
function gainsOver(was: ProfileRole, is: ProfileRole): readonly Change[] {
  const { profile, key } = is;
  const change = (kind: Change["kind"], what: string, witness: string): Change => ({
    kind,
    what: `${what} (role ${key}, profile ${profile} of Roles Anywhere)`,
    witness,
    source: { address: is.address },
  });
  return [
    ...(was.enabled === "true" || was.enabled === is.enabled ? [] : [listed(is)]),
    ...(is.unknown === undefined && was.unknown !== undefined ? [listed(is)] : []),
    ...(was.unread === is.unread ? [] : [listed(is)]),
    // What is no number yet may be any.
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
            "whatever the role may do besides",
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

function listed({ key, profile, unknown, address }: ProfileRole): Change {
  return {
    kind: "trust",
    what: `role ${key} ${unknown === undefined ? "is" : "may be"} given by the profile ${profile} of Roles Anywhere`,
    witness: `a certificate that its trust policy takes${unknown === undefined ? "" : `; ${unknown}`}`,
    source: { address },
  };
}

/** Another source under the same name is another anchor. */
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

function believed({ name, address, source }: TrustAnchor, role: string): Change {
  return {
    kind: "trust",
    what: `role ${role} may be assumed with certificates under the trust anchor ${name} of Roles Anywhere`,
    witness: `a certificate of ${short(source)}`,
    source: { address },
  };
}

/** Its ARN is known after apply only, and may be written elsewhere. */
function elsewhere({ name, address, source }: TrustAnchor) {
  return {
    what: `the trust anchor ${name}`,
    why: `it believes ${short(source)}, and which roles name it by the ARN that AWS gave it is not known: read it`,
    source: { address },
  };
}

/** A bundle of certificates is long. */
function short(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}
