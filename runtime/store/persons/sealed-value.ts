import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { User } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import type { Bounded } from "../../bounded";
import type { Value } from "../../json";
import { frozen } from "../known-values";
import type { PersonKey } from "./person-keys";

/** Where a key lies, and its bytes */
export type SealingKey = Pick<PersonKey, "place" | "sealing">;

/** What was opened, for as long as its key is known */
export type Opened = Bounded<{ readonly key: SealingKey; readonly value: Value }>;

/** The key of a person is gone, or the value lay at another key. */
export class Unreadable extends Error {
  public override readonly name = "Unreadable";
}

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** A person within what tells of another, such as who decided a user's request, is sealed within: never deeper than this. */
const DEEPEST_BOX = 3;
/** Persons that one item names: the user and the approvers */
const MOST_PERSONS = 16;
/** Place of a key, and bytes, each in base64url */
const BOX = /^[\w-]{43}\.[\w-]+$/;
/** Longer ones, such as requests that people decide, are seldom read twice, and would take the memory of the process. */
const MOST_CHARACTERS = 12_288;

type Members = Readonly<Record<string, Value>>;

/** The person under whose key the value is sealed: the person that it names itself, its author, or the user that it is for */
function personOf(members: Members): (Members & User) | undefined {
  return [members, members["by"], members["user"]].find(isUser);
}

function isUser(value: Value | undefined): value is Members & User {
  return isRecord(value) && typeof value["issuer"] === "string" && typeof value["subject"] === "string";
}

/**
 * The value with all that tells of a person sealed under that person's key.
 *
 * @param about names the place of the value: it is opened nowhere else
 * @throws RangeError, before a key is made, if it tells of more persons than any item does
 */
export async function sealed(
  value: Value,
  about: string,
  keyOf: (person: User) => SealingKey | Promise<SealingKey>,
): Promise<Value> {
  const { persons, deepest } = personsIn(value);
  if (persons > MOST_PERSONS || deepest > DEEPEST_BOX)
    throw new RangeError(
      `an item must tell of at most ${MOST_PERSONS} persons, ${DEEPEST_BOX} deep, got ${persons}, ${deepest} deep`,
    );
  return sealedWithin(value, about, keyOf);
}

/** How many persons it tells of, and how many of them within one another */
function personsIn(value: Value): { readonly persons: number; readonly deepest: number } {
  if (typeof value !== "object" || value === null) return { persons: 0, deepest: 0 };
  const isPerson = isRecord(value) && personOf(value as Members) !== undefined;
  const own = isPerson ? personOf(value as Members) : undefined;
  const within = Object.values(value).map((each: Value) =>
    each === own ? { persons: 0, deepest: 0 } : personsIn(each),
  );
  return {
    persons: within.reduce((sum, { persons }) => sum + persons, isPerson ? 1 : 0),
    deepest: within.reduce((most, { deepest }) => Math.max(most, deepest), 0) + (isPerson ? 1 : 0),
  };
}

async function sealedWithin(
  value: Value,
  about: string,
  keyOf: (person: User) => SealingKey | Promise<SealingKey>,
): Promise<Value> {
  if (Array.isArray(value)) return Promise.all(value.map((each: Value) => sealedWithin(each, about, keyOf)));
  if (!isRecord(value)) return value;
  const members = value as Members;
  const person = personOf(members);
  const inner = await Promise.all(
    Object.entries(members).map(
      async ([name, each]) => [name, each === person ? each : await sealedWithin(each, about, keyOf)] as const,
    ),
  );
  const whole = Object.fromEntries(inner);
  return person === undefined ? whole : boxed(whole, about, await keyOf(person));
}

export interface Opening {
  readonly keyAt: (place: string) => Promise<SealingKey | undefined> | SealingKey | undefined;
  /** Runs and sessions are read several times at each call, and seldom change. */
  readonly before: Opened;
}

/**
 * The value that was sealed.
 *
 * @param about names the place of the value
 * @throws Unreadable
 */
export async function opened(value: Value, about: string, opening: Opening): Promise<Value> {
  if (Array.isArray(value)) return Promise.all(value.map((each: Value) => opened(each, about, opening)));
  if (!isRecord(value)) return value;
  const box = boxIn(value as Members);
  if (box !== undefined) {
    const [place = "", text = ""] = box.split(".", 2);
    const key = await opening.keyAt(place);
    if (key === undefined) throw new Unreadable("the key of the person is gone");
    const name = `${about}\n${box}`;
    const before = opening.before.of(name);
    if (before?.key === key) return before.value;
    const inner = unboxed(text, about, key);
    if (isSealed(inner)) return opened(inner, about, opening);
    const value = frozen(inner);
    if (box.length <= MOST_CHARACTERS) opening.before.put(name, { key, value });
    return value;
  }
  const members = Object.entries(value as Members).map(
    async ([name, each]) => [name, await opened(each, about, opening)] as const,
  );
  return Object.fromEntries(await Promise.all(members));
}

/** Whether something of the value is sealed */
export function isSealed(value: Value): boolean {
  if (Array.isArray(value)) return value.some(isSealed);
  if (!isRecord(value)) return false;
  return boxIn(value as Members) !== undefined || Object.values(value as Members).some(isSealed);
}

/** Whether something of the value tells of a person */
export function isPersonal(value: Value): boolean {
  if (Array.isArray(value)) return value.some(isPersonal);
  if (!isRecord(value)) return false;
  return personOf(value as Members) !== undefined || Object.values(value as Members).some(isPersonal);
}

function boxIn(members: Members): string | undefined {
  const { sealed: box } = members;
  return typeof box === "string" && BOX.test(box) && Object.keys(members).length === 1 ? box : undefined;
}

function boxed(value: Value, about: string, { place, sealing }: SealingKey): Value {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, sealing, iv).setAAD(Buffer.from(about));
  const text = Buffer.concat([iv, cipher.update(JSON.stringify(value), "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { sealed: `${place}.${text.toString("base64url")}` };
}

function unboxed(text: string, about: string, { sealing }: SealingKey): Value {
  const bytes = Buffer.from(text, "base64url");
  const tag = bytes.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, sealing, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(tag));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, tag)), decipher.final()]);
    return JSON.parse(plain.toString("utf8")) as Value;
  } catch (error) {
    throw new Unreadable("the value was not sealed by this key, or not for this place", { cause: error });
  }
}
