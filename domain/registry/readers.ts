import { isRecord } from "../is-record";
import { whole } from "./names";
import { treeProblem } from "./tree";

/** The value as it is read; undefined if it is not as it should be, which another reader explains */
export type Reader<T> = (value: unknown) => T | undefined;

type Fields<T> = { readonly [Key in keyof T]-?: Reader<Exclude<T[Key], undefined>> };

/** Levels that are left below what is nested freely; what is deeper is read by the other reader. */
const FREE_DEPTH = 50;

export function textThat(holds: (text: string) => boolean): Reader<string> {
  return (value) => (typeof value === "string" && holds(value) ? value : undefined);
}

export function named(pattern: string): Reader<string> {
  const name = whole(pattern);
  return textThat((text) => name.test(text));
}

export function numberThat(holds: (number: number) => boolean): Reader<number> {
  return (value) => (typeof value === "number" && holds(value) ? value : undefined);
}

export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  const known: ReadonlySet<unknown> = new Set(words);
  return (value) => (known.has(value) ? (value as T) : undefined);
}

export function either<A, B>(one: Reader<A>, other: Reader<B>): Reader<A | B> {
  return (value) => one(value) ?? other(value);
}

export function listOf<T>(each: Reader<T>, most = Infinity): Reader<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) return undefined;
    const read: T[] = [];
    for (const item of value as readonly unknown[]) {
      const one = each(item);
      if (one === undefined) return undefined;
      read.push(one);
    }
    return read;
  };
}

/** An object whose keys are names, and whose values are alike */
export function mapOf<T>(name: Reader<string>, each: Reader<T>): Reader<Record<string, T>> {
  return (value) => {
    if (!isRecord(value)) return undefined;
    const read: Record<string, T> = {};
    for (const key of Object.keys(value)) {
      const one = name(key) === undefined ? undefined : each(value[key]);
      if (one === undefined) return undefined;
      read[key] = one;
    }
    return read;
  };
}

/** An object whose keys may be anything that {@link treeProblem} takes */
export function freeMapOf<T>(each: Reader<T>): Reader<Record<string, T>> {
  const read = mapOf((key) => key as string, each);
  return (value) => (treeProblem(value, FREE_DEPTH) === undefined ? read(value) : undefined);
}

/** An object of these keys and no others, which are read in this order */
export function objectOf<T extends object>(fields: Fields<T>, optional: readonly (keyof T)[] = []): Reader<T> {
  const entries = Object.entries(fields) as [string, Reader<unknown>][];
  const mayMiss: ReadonlySet<PropertyKey> = new Set(optional);
  return (value) => {
    if (!isRecord(value)) return undefined;
    const read: Record<string, unknown> = {};
    let count = 0;
    for (const [key, field] of entries) {
      if (Object.hasOwn(value, key)) {
        const one = field(value[key]);
        if (one === undefined) return undefined;
        read[key] = one;
        count += 1;
      } else if (!mayMiss.has(key)) return undefined;
    }
    return Object.keys(value).length === count ? (read as T) : undefined;
  };
}
