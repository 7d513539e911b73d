import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { type Item, type Key, type ListedItem, StoreUnavailable } from "./store";
import { alive, itemOf, listedItemOf, type Stored } from "./transaction";

export type Attributes = Record<string, AttributeValue>;

/** A whole number is stored as a number, so that it can be incremented; other values as JSON. */
export function attributeOf(text: string): AttributeValue {
  const number = /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text));
  return number ? { N: text } : { S: text };
}

export function wholeAttribute(number: number | bigint): AttributeValue {
  return { N: String(number) };
}

export function keyAttributes({ partition, sort }: Key): Attributes {
  return { pk: { S: partition }, sk: { S: sort } };
}

/** @throws StoreUnavailable if this store did not write it */
export function itemOfAttributes(attributes: Attributes): Item {
  const { key, stored } = storedIn(attributes);
  return itemOf(key, stored);
}

/** DynamoDB deletes late, so a reader looks at the clock. @throws StoreUnavailable */
export function aliveListedItem(attributes: Attributes, now: number): ListedItem | undefined {
  const { key, stored } = storedIn(attributes);
  const found = alive(stored, now);
  return found && listedItemOf(key, found);
}

function storedIn(attributes: Attributes): { readonly key: Key; readonly stored: Stored } {
  const { pk, sk, value, version, expiresAt } = attributes;
  const text = value?.S ?? value?.N;
  if (pk?.S === undefined || sk?.S === undefined || text === undefined || version?.N === undefined) {
    throw new StoreUnavailable(`the table has an item that the store did not write: ${pk?.S} ${sk?.S}`);
  }
  return {
    key: { partition: pk.S, sort: sk.S },
    stored: {
      text,
      version: Number(version.N),
      ...(expiresAt?.N !== undefined && { expiresAt: Number(expiresAt.N) }),
    },
  };
}
