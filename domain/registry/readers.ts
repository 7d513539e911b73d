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

/** A list; the one that is given, unless an item is read as something else */
export function listOf<T>(each: Reader<T>, most = Infinity): Reader<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) return undefined;
    const given = value as readonly unknown[];
    let read = given as T[];
    for (let index = 0; index < given.length; index += 1) {
      const one = each(given[index]);
      if (one === undefined) return undefined;
      if (one === given[index]) continue;
      if (read === given) read = [...given] as T[];
      read[index] = one;
    }
    return read;
  };
}

/** An object whose keys are names, and whose values are alike; the one that is given, unless a value is read as something else */
export function mapOf<T>(name: Reader<string>, each: Reader<T>): Reader<Record<string, T>> {
  return (value) => {
    if (!isRecord(value)) return undefined;
    let read = value as Record<string, T>;
    for (const key of Object.keys(value)) {
      const given = value[key];
      const one = name(key) === undefined ? undefined : each(given);
      if (one === undefined) return undefined;
      if (one === given) continue;
      if (read === value) read = { ...read };
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

/** An object of these keys and no others; the one that is given, unless a value is read as something else */
export function objectOf<T extends object>(fields: Fields<T>, optional: readonly (keyof T)[] = []): Reader<T> {
  const mayMiss: ReadonlySet<PropertyKey> = new Set(optional);
  const known = new Map(
    (Object.entries(fields) as [string, Reader<unknown>][]).map(([key, field]) => [
      key,
      { field, counts: mayMiss.has(key) ? 0 : 1 },
    ]),
  );
  const needed = known.size - mayMiss.size;
  return (value) => {
    if (!isRecord(value)) return undefined;
    let read = value as Record<string, unknown>;
    let found = 0;
    for (const key of Object.keys(value)) {
      const given = value[key];
      const member = known.get(key);
      const one = member?.field(given);
      if (member === undefined || one === undefined) return undefined;
      found += member.counts;
      if (one === given) continue;
      if (read === value) read = { ...read };
      read[key] = one;
    }
    return found === needed ? (read as T) : undefined;
  };
}
