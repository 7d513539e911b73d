import { isRecord } from "../../../domain/is-record";

export type JsonValue = string | number | boolean | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** The text of a configuration file: keys in the order in which they were written. */
export function configText(config: object): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

export function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}

/** Leaves out what has no value. */
export function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
