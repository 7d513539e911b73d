import type { TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { CheckedWrite } from "./checked";
import { type Attributes, attributeOf, keyAttributes, wholeAttribute } from "./dynamodb-item";
import type { Condition } from "./store";

/** How a write treats what has expired and is still in the table: as a failure of its condition, or by taking its place */
export type Begin = "go-on" | "anew";

type Put = Extract<CheckedWrite, { kind: "put" }>;
type Add = Extract<CheckedWrite, { kind: "add" }>;

/** Expressions name no attribute directly, because some names are reserved words of DynamoDB. */
const NAMES = { "#pk": "pk", "#value": "value", "#version": "version", "#expires": "expiresAt" };

const MISSING = "attribute_not_exists(#pk)";
const ABSENT = `${MISSING} OR #expires <= :now`;
const LIVING = "attribute_exists(#pk) AND (attribute_not_exists(#expires) OR #expires > :now)";
const CONDITIONS = {
  // A condition check must have a condition.
  any: `${MISSING} OR attribute_exists(#pk)`,
  absent: ABSENT,
  present: LIVING,
  version: `${LIVING} AND #version = :version`,
};
const COUNTED = "#version = if_not_exists(#version, :zero) + :one";

/**
 * Whether the write succeeds as well where what it would go on with has expired. One expression cannot say both, so it is
 * tried to go on first.
 */
export function mayBeginAnew(write: CheckedWrite): boolean {
  return write.kind === "add" ? write.amount <= write.atMost : write.kind === "put" && write.when === "any";
}

export function transactItem(write: CheckedWrite, begin: Begin, table: string, now: number): TransactWriteItem {
  const where = { TableName: table, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
  const at = { ...where, Key: keyAttributes(write.key) };
  if (write.kind === "check") return { ConditionCheck: { ...at, ...conditionOf(write.when, now) } };
  if (write.kind === "delete") return { Delete: { ...at, ...conditionOf(write.when, now) } };
  if (begin === "anew" || (write.kind === "put" && write.when === "absent")) {
    return { Put: { ...where, Item: firstOf(write), ...conditionOf("absent", now) } };
  }
  return { Update: { ...at, ...(write.kind === "put" ? replaced(write, now) : added(write, now)) } };
}

function firstOf(write: Put | Add): Attributes {
  const value = write.kind === "put" ? attributeOf(write.text) : wholeAttribute(write.amount);
  const expiry = write.expiresAt === undefined ? undefined : { expiresAt: wholeAttribute(write.expiresAt) };
  return { ...keyAttributes(write.key), value, version: wholeAttribute(1), ...expiry };
}

function replaced(write: Put, now: number) {
  const condition = write.when === "any" ? `${MISSING} OR (${LIVING})` : CONDITIONS[nameOf(write.when)];
  const set = `SET #value = :value, ${COUNTED}`;
  return expressions(
    condition,
    { set, expiresAt: write.expiresAt },
    { ...valuesOf(write.when, now), ":value": attributeOf(write.text) },
  );
}

function added(write: Add, now: number) {
  // Of numbers near the limits the difference is exact only so.
  const high = BigInt(write.atMost) - BigInt(write.amount);
  const low = BigInt(Number.MIN_SAFE_INTEGER) - BigInt(write.amount);
  const fits = `${LIVING} AND attribute_type(#value, :number) AND #value BETWEEN :low AND :high`;
  const condition = mayBeginAnew(write) ? `${MISSING} OR (${fits})` : fits;
  const set = `SET #value = if_not_exists(#value, :zero) + :amount, ${COUNTED}`;
  return expressions(
    condition,
    { set, expiresAt: write.expiresAt },
    {
      ...valuesOf("any", now),
      ":number": { S: "N" },
      ":low": wholeAttribute(low),
      ":high": wholeAttribute(high),
      ":amount": wholeAttribute(write.amount),
    },
  );
}

function conditionOf(when: Condition, now: number) {
  return expressions(CONDITIONS[nameOf(when)], undefined, valuesOf(when, now));
}

function nameOf(when: Condition): keyof typeof CONDITIONS {
  return typeof when === "object" ? "version" : when;
}

function valuesOf(when: Condition, now: number): Attributes {
  const version = typeof when === "object" ? { ":version": wholeAttribute(when.version) } : undefined;
  return { ":now": wholeAttribute(now), ...version };
}

interface Update {
  readonly set: string;
  readonly expiresAt: number | undefined;
}

function expressions(condition: string, update: Update | undefined, values: Attributes) {
  const expiry = update?.expiresAt === undefined ? " REMOVE #expires" : ", #expires = :expires";
  const change = update && { UpdateExpression: `${update.set}${expiry}` };
  const text = `${condition} ${change?.UpdateExpression}`;
  // DynamoDB refuses names and values that no expression has.
  const used = <T>(all: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(text)));
  const constants = { ":zero": wholeAttribute(0), ":one": wholeAttribute(1) };
  const until = update?.expiresAt === undefined ? undefined : { ":expires": wholeAttribute(update.expiresAt) };
  const all = used({ ...values, ...constants, ...until });
  return {
    ConditionExpression: condition,
    ...(change as { UpdateExpression: string }),
    ExpressionAttributeNames: used(NAMES),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: all }),
  };
}
