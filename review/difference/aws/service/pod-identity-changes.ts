import type { ChangesByPrincipal } from "../../../change";
import type { AwsReach } from "../../../reach/aws/aws-reach";
import type { PodIdentity } from "../../../reach/aws/service/pod-identities";
import type { UnknownComparison } from "../../unknown-comparison";
import { ByOwner } from "./owner-changes";

/** Pods that become a role in one state and not in the other; where an association stands is no matter. */
export function podChanges(reached: AwsReach, reaches: AwsReach, unknowns: UnknownComparison): ChangesByPrincipal {
  const changes = new ByOwner(reaches, reached);
  const [before, after] = [reached.pods, reaches.pods];
  for (const one of newIn(before.identities, after.identities)) changes.add(one.key, changeOf(one), true);
  for (const one of newIn(after.identities, before.identities)) changes.add(one.key, changeOf(one), false);
  for (const unknown of unknowns.fresh(before.unknown, after.unknown)) changes.addUnknown(unknown);
  return changes.changes;
}

/** What may be was not certain before, and is now. */
function newIn(before: readonly PodIdentity[], after: readonly PodIdentity[]): readonly PodIdentity[] {
  const known = new Set(
    before.flatMap((one) => [textOf(one), ...(one.unknown === undefined ? [textOf(one, "")] : [])]),
  );
  return after.filter((one) => !known.has(textOf(one)) && !(one.unknown !== undefined && known.has(textOf(one, ""))));
}

function textOf({ who, key, unknown = "" }: PodIdentity, why = unknown): string {
  return JSON.stringify([who, key, why]);
}

function changeOf({ who, key, unknown, address }: PodIdentity) {
  return {
    kind: "trust",
    what: `role ${key} ${unknown === undefined ? "is" : "may be"} given to ${who} (EKS Pod Identity)`,
    witness: `${who} ask for credentials${unknown === undefined ? "" : `; ${unknown}`}`,
    source: { address },
  } as const;
}
