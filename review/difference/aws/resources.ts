import type { Statement } from "../../../iam";
import type { Gained } from "../../../iam/access/difference";
import { type Change, type Changes, type ChangesByPrincipal, together, type Unknown } from "../../change";
import type { AwsReach } from "../../reach/aws/principals";
import type { ResourcePolicy } from "../../reach/aws/resource-policies";
import type { Estate } from "../../read/resource";
import type { UnknownComparison } from "../unknown";
import { goneUnread } from "./gone-unread";
import { grantedMore } from "./granted-more";
import { requestText, whoText } from "./request-text";
import { undecided } from "./undecided";

/** Whom each resource lets in, by itself: principals who are no role of this configuration too */
export function resourceChanges(
  reached: AwsReach,
  reaches: AwsReach,
  unknowns: UnknownComparison,
  head: Estate,
): ChangesByPrincipal {
  const [before, after] = [byKey(reached.resources), byKey(reaches.resources)];
  const changes = new Map<string, Changes>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(key), after.get(key)];
    const [up, down] = [grantedMore(was, is, reaches.callers), grantedMore(is, was, reached.callers)];
    const unknown = [
      ...undecided(up),
      ...unknowns.fresh(was?.unknown ?? [], is?.unknown ?? []),
      ...(is === undefined && was !== undefined ? defaultOf(was, head) : []),
      ...lostDenies(was, is),
      ...goneUnread(was?.unknown ?? [], is?.unknown ?? []),
    ];
    const [gains, losses] = [up.gained.map(grant), down.gained.map(grant)];
    const { address } = (is ?? was) as ResourcePolicy;
    if (gains.length + losses.length + unknown.length > 0)
      changes.set(address, together(changes.get(address), { gains, losses, unknown }));
  }
  return changes;
}

/** Whom it holds back may be nobody of this configuration: what is gained then is not known. */
function lostDenies(was: ResourcePolicy | undefined, is: ResourcePolicy | undefined): readonly Unknown[] {
  const kept = new Set((is?.statements ?? []).map(({ statement }) => JSON.stringify(withoutSid(statement))));
  return (was?.statements ?? [])
    .filter(({ statement }) => statement.Effect === "Deny" && !kept.has(JSON.stringify(withoutSid(statement))))
    .map(({ statement, source }) => ({
      what: `the Deny of ${source}${statement.Sid === undefined ? "" : ` (${statement.Sid})`}`,
      why: "it is gone, or another, and whom it held back may not be of this configuration",
      source: { address: source },
    }));
}

function withoutSid({ Sid: _, ...statement }: Statement): Statement {
  return statement;
}

/** A resource that is still there and has no policy of its own any more has AWS's. */
function defaultOf({ address }: ResourcePolicy, head: Estate): readonly Unknown[] {
  if (head.at(address) === undefined) return [];
  const why = "it is gone, and AWS's default holds instead: write what is to hold";
  return [{ what: `the policy of ${address}`, why, source: { address } }];
}

/** Several policies may be written for one resource; all of them count. */
function byKey(policies: readonly ResourcePolicy[]): ReadonlyMap<string, ResourcePolicy> {
  const found = new Map<string, ResourcePolicy>();
  for (const policy of policies) {
    const { statements = [], unknown = [] } = found.get(policy.key) ?? {};
    found.set(policy.key, {
      ...policy,
      statements: [...statements, ...policy.statements],
      unknown: [...unknown, ...policy.unknown],
    });
  }
  return found;
}

function grant({ action, resource, witness, statement }: Gained): Change {
  return {
    kind: "action",
    what: `${whoText(witness, statement.statement)} may ${action} on ${resource}`,
    witness: requestText(witness),
    source: { address: statement.source },
  };
}
