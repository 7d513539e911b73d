import { allOf, type Condition } from "../condition";
import { show } from "../private/values";
import { allow, type Statement } from "../statement";
import { replaceVariables } from "../variables";
import { checkAccesses, checkName } from "./check";
import { keyStatements } from "./kms";
import type { DataAccessKind, TableTarget } from "./target";

/**
 * Left out on purpose: `BatchWriteItem` deletes as well as it writes, and one PartiQL statement can touch every item.
 * Both have single actions in their place.
 */
export const TABLE_ACTIONS = {
  read: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"],
  scan: ["dynamodb:Scan"],
  write: ["dynamodb:PutItem", "dynamodb:UpdateItem"],
  delete: ["dynamodb:DeleteItem"],
} as const;

export const DYNAMODB_ACTIONS = Object.values(TABLE_ACTIONS).flat();

/** Source: DynamoDB API, CreateTable, `TableName` and `IndexName`. */
const NAME = /^[A-Za-z0-9_.-]{3,255}$/;
const NAME_RULE = 'a name of 3 to 255 letters, digits or characters of "_.-"';

/**
 * An item written or deleted may come back in the answer; `NONE` is also what an absent parameter means.
 *
 * No condition key is known for `ReturnValuesOnConditionCheckFailure`: by failing a condition on purpose, a writer can
 * still see an item whose key it knows.
 */
const NOTHING_RETURNED: Condition = { StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" } };

/** `read`, `scan`, `write` or `delete` items of a table. */
export function tableStatements(target: TableTarget, accesses: readonly DataAccessKind[]): readonly Statement[] {
  checkAccesses("table", accesses, ["read", "scan", "write", "delete"]);
  checkTable(target, accesses);

  const tableArn = `arn:${target.partition}:dynamodb:${target.region}:${target.account}:table/${target.table}`;
  const keyed = leadingKeyCondition(target.leadingKey);
  const blind = allOf(keyed, accesses.includes("read") ? {} : NOTHING_RETURNED);
  const statements = accesses.map((access) => {
    const condition = access === "write" || access === "delete" ? blind : keyed;
    return when(condition, TABLE_ACTIONS[access as keyof typeof TABLE_ACTIONS], tableArn);
  });
  const indexes = accesses.includes("read") ? (target.indexes ?? []) : [];
  return [...statements, ...indexes.map((index) => when(keyed, ["dynamodb:Query"], `${tableArn}/index/${index}`))];
}

/** DynamoDB opens the table key on behalf of the caller for every access, writes included. */
export function tableKeyStatements(target: TableTarget): readonly Statement[] {
  return keyStatements(target, "dynamodb", ["kms:Decrypt"]);
}

function checkTable(target: TableTarget, accesses: readonly DataAccessKind[]): void {
  const { table, indexes = [], leadingKey } = target;
  checkName("table", table, NAME, NAME_RULE);
  indexes.forEach((index) => checkName("index", index, NAME, NAME_RULE));
  if (leadingKey === undefined) return;
  if (leadingKey === "" || /\$\{|%\{/.test(replaceVariables(leadingKey, ""))) {
    throw new Error(`leadingKey must be a literal or a policy variable, got ${show(leadingKey)}`);
  }
  // The leading key of an index is another attribute than that of the table.
  if (indexes.length > 0) {
    throw new Error(`a table bound to leadingKey has no indexes to query, got ${show(indexes)}: remove one of the two`);
  }
  // A Scan names no key, and ForAllValues holds where the key is absent.
  if (accesses.includes("scan")) {
    throw new Error(`scan reads items of every key, got leadingKey ${show(leadingKey)}: grant read instead`);
  }
}

function leadingKeyCondition(leadingKey: string | undefined): Condition {
  if (leadingKey === undefined) return {};
  return {
    "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [leadingKey] },
    Null: { "dynamodb:LeadingKeys": "false" },
  };
}

function when(condition: Condition, actions: readonly string[], resource: string): Statement {
  return allow(actions, resource, Object.keys(condition).length === 0 ? undefined : condition);
}
