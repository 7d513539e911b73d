import type { DeployedCall } from "../../../governance/inventory/live/deployed";
import { type EventNode, nodeOf, roleSessionOf, textOf } from "../../audit/cloudtrail/role-session";
import { objectCalls } from "./object-calls";
import { tableCalls } from "./table-calls";

/** What an event asks for: an action on data that it names, or may name */
export type AskedFor = Pick<DeployedCall, "action" | "isPerhaps" | "target">;

/** Callers that are no sessions of roles. Source: CloudTrail User Guide, "CloudTrail userIdentity element" */
const OTHERS: ReadonlySet<string> = new Set([
  "AWSAccount",
  "AWSService",
  "Directory",
  "FederatedUser",
  "IAMUser",
  "IdentityCenterUser",
  "Root",
  "SAMLUser",
  "Unknown",
  "WebIdentityUser",
]);

/**
 * Calls of one event by a session of a role, one for each declared place that it may concern, and one that names none. Where the event
 * does not tell its role, action or data, it may be each of them: so it keeps rights.
 *
 * @param prefixes `bucket/prefix` of the declared data
 */
export function callsInEvent(event: EventNode, prefixes: ReadonlySet<string>): readonly DeployedCall[] {
  const role = roleIn(event);
  const at = Math.floor(Date.parse(textOf(event, "eventTime")) / 1000);
  if (role === undefined || !Number.isFinite(at)) return [];
  const service = textOf(event, "eventSource").replace(/\.amazonaws\.com$/, "");
  const made = { ...(role !== "" && { role }), at };
  return askedFor(event, service, prefixes).map((asked) => ({ ...made, ...asked }));
}

/** Empty if the event does not tell it; undefined if the caller is no session of a role */
function roleIn(event: EventNode): string | undefined {
  const session = roleSessionOf(event);
  if (session !== undefined) return session.role;
  return OTHERS.has(textOf(nodeOf(event, "userIdentity"), "type")) ? undefined : "";
}

function askedFor(event: EventNode, service: string, prefixes: ReadonlySet<string>): readonly AskedFor[] {
  const atAll = { action: `${service}:*`, target: "" };
  switch (service) {
    case "s3":
      return [atAll, ...(isOfManagement(event) ? [] : objectCalls(event, prefixes))];
    case "dynamodb":
      return [atAll, ...(isOfManagement(event) ? [] : tableCalls(event))];
    case "secretsmanager": {
      const target = textOf(nodeOf(event, "requestParameters"), "secretId");
      return [{ action: `secretsmanager:${textOf(event, "eventName")}`, ...(target !== "" && { target }) }];
    }
    default:
      return [];
  }
}

function isOfManagement(event: EventNode): boolean {
  return event["managementEvent"] === true || textOf(event, "eventCategory") === "Management";
}
