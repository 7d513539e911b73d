import { isRecord } from "../../../domain/is-record";
import { type EventNode, nodeOf, textOf } from "../../audit/cloudtrail/role-session";
import type { AskedFor } from "./calls-in-event";

/** Events whose name is that of the action they need (DynamoDB Developer Guide, "Logging DynamoDB operations by using AWS CloudTrail") */
const ACTIONS: ReadonlySet<string> = new Set([
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
]);

const TABLE = /^arn:[a-z-]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)/;

/** What an event of DynamoDB on items asks for; without target where it does not tell the tables */
export function tableCalls(event: EventNode): readonly AskedFor[] {
  const name = textOf(event, "eventName");
  const action = `dynamodb:${ACTIONS.has(name) ? name : name === "TransactGetItems" ? "GetItem" : "*"}`;
  const tables = new Set(namedIn(event).map((table) => TABLE.exec(table)?.[1] ?? table));
  return tables.size === 0 ? [{ action, isPerhaps: true }] : [...tables].map((target) => ({ action, target }));
}

/** By name or ARN */
function namedIn(event: EventNode): readonly string[] {
  const asked = nodeOf(event, "requestParameters");
  const transacted = listIn(asked, "transactItems").flatMap((one) => Object.values(one).filter(isRecord));
  const resources = listIn(event, "resources").map((one) => textOf(one, "ARN"));
  return [
    ...[asked, ...transacted].map((one) => textOf(one, "tableName")),
    ...Object.keys(nodeOf(asked, "requestItems")),
    ...resources.filter((arn) => TABLE.test(arn)),
  ].filter((table) => table !== "");
}

function listIn(node: EventNode, name: string): readonly EventNode[] {
  const value = node[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
