import { z } from "zod";
import type { User } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { Bounded } from "../../bounded";
import { type Clock, systemClock } from "../../clock";
import type { Value } from "../../json";
import { keyText } from "../checked";
import {
  type Item,
  type Key,
  type ListedItem,
  type StateStore,
  STORE_LIMITS,
  StoreConflict,
  StoreUnavailable,
  type Write,
} from "../store";
import { userDigest } from "../user-digest";
import { formerKey, together } from "./former-items";
import { namedKey } from "./named-key";
import type { PersonKeys } from "./person-keys";
import { isPersonal, isSealed, opened, type Opening, sealed, type SealingKey, Unreadable } from "./sealed-value";

type Put = Extract<Write, { readonly kind: "put" }>;
type Members = Readonly<Record<string, Value>>;

/** Of the audit log: what its records say of persons is written under their keys already. */
const OF_LOG = "audit";
/** Stops: they hold also where the user behind the digest is unknown. */
const OF_STOPS = "revoked";
/** Sealed values that are known opened at once: more than runs and sessions are asked about */
const MOST_OPENED = 8_192;
/** Upper bound of stops of users from before they were named by a key */
const MOST_STOPS = 100_000;
/** Says by which key users are named */
const NOTE: Key = { partition: "person-names", sort: "key" };
const noteSchema = z.strictObject({ check: z.string(), since: z.int().min(0) });
/** For so long after the first start exchanges of an earlier version may run: a day */
const UPGRADE_SECONDS = 86_400;
/** In the place of an operator who was erased */
const ERASED = "a person who was erased";

/**
 * A store whose items and backups reveal nothing about a person without that person's key. An erased person's items are
 * gone, except stops, which stay in force.
 */
export class PersonStore implements StateStore {
  private readonly opening: Opening = { keyAt: (place) => this.keys.keyAt(place), before: new Bounded(MOST_OPENED) };

  private constructor(
    private readonly store: StateStore,
    private readonly keys: Pick<PersonKeys, "keyAt" | "keyOf" | "nameOf">,
    private readonly clock: Clock,
    /** Until then exchanges of an earlier version may run, and write by names of before: whole seconds since the epoch */
    private readonly formerUntil: number,
  ) {}

  /**
   * The store by these keys, and by no others from then on: by others no stop of a user would be found. What an exchange of an earlier version has
   * stopped is named anew.
   *
   * @throws Error if the state was written with another key that names users; StoreUnavailable
   */
  public static async open(
    store: StateStore,
    keys: Pick<PersonKeys, "keyAt" | "keyOf" | "nameOf">,
    clock: Clock = systemClock,
  ): Promise<PersonStore> {
    const check = keys.nameOf("check");
    const [noted] = await store.read([NOTE]);
    const { check: before, since } = noteSchema.parse(noted?.value ?? { check, since: clock() });
    if (before !== check) {
      throw new Error(
        "persons must be the keys by which the state names users, got others, by which no stop of a user would be found: " +
          "name the table of before, or see docs/erase-a-person.md",
      );
    }
    const own = new PersonStore(store, keys, clock, since + UPGRADE_SECONDS);
    await own.nameStopsAnew();
    if (noted === undefined) await store.write([{ kind: "put", key: NOTE, value: { check, since }, when: "any" }]);
    return own;
  }

  public identity(): Promise<string> {
    return this.store.identity();
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const items = await this.found(keys);
    if (!items.some((item) => item !== undefined && isSealed(item.value))) return items.map(asAsked(keys));
    return (await Promise.all(items.map((item) => item && this.openedItem(item)))).map(asAsked(keys));
  }

  /** As they lie there, also those that an earlier version of the exchange wrote under another name meanwhile */
  private async found(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    const named = keys.map(this.named);
    const isUpgrade = this.clock() < this.formerUntil;
    const former = isUpgrade ? keys.flatMap((key, index) => formerKey(key, named[index] as Key) ?? []) : [];
    if (former.length === 0) return this.store.read(named);
    const fits = named.length + former.length <= STORE_LIMITS.writes;
    const reads = fits ? [this.store.read([...named, ...former])] : [this.store.read(named), this.store.read(former)];
    const all = (await Promise.all(reads)).flat();
    const items = all.slice(0, named.length);
    const before = new Map(former.map((key, index) => [key, all[named.length + index]]));
    return Promise.all(
      items.map(async (item, index) => {
        const old = before.get(keys[index] as Key);
        return old === undefined ? item : this.caughtUp(named[index] as Key, item, old);
      }),
    );
  }

  /** Copies an item of an earlier version to its name in this version. */
  private async caughtUp(key: Key, item: Item | undefined, former: Item): Promise<Item | undefined> {
    const value = together(item, former);
    if (value === undefined) return item;
    const { expiresAt } = former;
    const when = item === undefined ? "absent" : { version: item.version };
    const put = await this.changed({ kind: "put", key, value, when, ...(expiresAt !== undefined && { expiresAt }) });
    await this.store.write([put]).catch((error: unknown) => {
      if (!(error instanceof StoreConflict)) throw error;
    });
    return (await this.store.read([key]))[0] ?? former;
  }

  public async list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]> {
    const { partition: at } = this.named({ partition, sort: "" });
    const items = await this.store.list(at, prefix, limit, after);
    if (partition.startsWith(OF_LOG)) return items;
    const all = await Promise.all(items.map((item) => this.openedItem(item)));
    return all.flatMap((item, index) => {
      if (item === undefined) return [];
      const { text, value } = items[index] as ListedItem;
      return [{ ...item, text: item.value === value ? text : JSON.stringify(item.value) }];
    });
  }

  public async write(writes: readonly Write[]): Promise<void> {
    await this.store.write(await this.prepared(writes));
  }

  /**
   * The writes as they are made. Prepared again, they stay as they are.
   *
   * @throws RangeError, StoreUnavailable, by the promise
   */
  public prepared(writes: readonly Write[]): readonly Write[] | Promise<readonly Write[]> {
    const changed: (Promise<Write> | Write)[] = [];
    // Behind them, so that a conflict names the writes that were asked for.
    const former: Write[] = [];
    for (const write of writes) {
      changed.push(this.changed(write));
      const other = write.kind === "delete" ? formerKey(write.key, this.named(write.key)) : undefined;
      if (other !== undefined) former.push({ kind: "delete", key: other, when: "any" });
    }
    const isReady = (each: Promise<Write> | Write): each is Write => !(each instanceof Promise);
    if (!changed.every(isReady)) return Promise.all(changed).then((all) => [...all, ...former]);
    return former.length === 0 ? changed : [...changed, ...former];
  }

  public close(): Promise<void> {
    return this.store.close();
  }

  private readonly named = (key: Key): Key => namedKey(key, (digest) => this.keys.nameOf(digest));

  /** Those of before stay for a day: an exchange of an earlier version that still runs finds them by no other name. */
  private async nameStopsAnew(): Promise<void> {
    for (const former of await this.store.list(OF_STOPS, "user#", MOST_STOPS)) {
      const named = this.named(former.key);
      if (named === former.key) continue;
      await this.caughtUp(named, (await this.store.read([named]))[0], former);
      if (this.clock() < this.formerUntil) continue;
      await this.store.write([{ kind: "delete", key: former.key, when: { version: former.version } }]);
    }
  }

  /** The same write if it contains no person */
  private changed(write: Write): Promise<Write> | Write {
    if (write.key.partition.startsWith(OF_LOG)) return write;
    const key = this.named(write.key);
    if (write.kind !== "put") return key === write.key ? write : { ...write, key };
    const value = this.withNamedKeys(write.value);
    if (isPersonal(value)) return this.sealedPut({ ...write, key, value });
    return key === write.key && value === write.value ? write : { ...plain(write), key, value };
  }

  private async sealedPut(put: Put): Promise<Write> {
    const about = keyText(put.key);
    if (put.key.partition !== OF_STOPS) {
      return { ...plain(put), key: put.key, value: await sealed(put.value, about, this.sealingKey) };
    }
    const members = await Promise.all(
      Object.entries(put.value as Members).map(async ([name, value]) => {
        if (!isPersonal(value)) return [[name, value] as const];
        try {
          return [[name, await sealed(value, about, this.sealingKey)] as const];
        } catch (error) {
          // What takes rights away waits for no key: it holds without the name too.
          if (!(error instanceof StoreUnavailable)) throw error;
          return nameless(name);
        }
      }),
    );
    return { ...plain(put), key: put.key, value: Object.fromEntries(members.flat()) };
  }

  private async openedItem<T extends Item>(item: T): Promise<T | undefined> {
    const { key, value } = item;
    if (!isSealed(value)) return item;
    const about = keyText(key);
    const { opening } = this;
    if (key.partition !== OF_STOPS) {
      try {
        return { ...item, value: await opened(value, about, opening) };
      } catch (error) {
        if (error instanceof Unreadable) return undefined;
        throw error;
      }
    }
    const members = await Promise.all(
      Object.entries(value as Members).map(async ([name, each]) => {
        try {
          return [[name, await opened(each, about, opening)] as const];
        } catch (error) {
          if (error instanceof Unreadable || error instanceof StoreUnavailable) return nameless(name);
          throw error;
        }
      }),
    );
    return { ...item, value: Object.fromEntries(members.flat()) };
  }

  private readonly sealingKey = async (person: User): Promise<SealingKey> =>
    this.keys.keyOf({ user: userDigest({ issuer: person.issuer, subject: person.subject }) });

  /** An item may say at which keys others lie. */
  private withNamedKeys(value: Value): Value {
    if (Array.isArray(value))
      return sameOr(
        value,
        value.map((each: Value) => this.withNamedKeys(each)),
      );
    if (!isRecord(value)) return value;
    const members = value as Members;
    const { partition, sort } = members;
    if (typeof partition === "string" && typeof sort === "string") {
      const key = this.named({ partition, sort });
      return key.partition === partition && key.sort === sort ? value : { ...members, ...key };
    }
    const entries = Object.entries(members).map(([name, each]) => [name, each, this.withNamedKeys(each)] as const);
    if (entries.every(([, before, after]) => before === after)) return value;
    return Object.fromEntries(entries.map(([name, , after]) => [name, after]));
  }
}

function sameOr(before: readonly Value[], after: readonly Value[]): readonly Value[] {
  return after.every((each, index) => each === before[index]) ? before : after;
}

function nameless(name: string): readonly (readonly [string, Value])[] {
  return name === "by" ? [[name, ERASED]] : [];
}

/** What was checked before has more members. */
function plain({ kind, when, expiresAt }: Put): Omit<Put, "key" | "value"> {
  return { kind, when, ...(expiresAt !== undefined && { expiresAt }) };
}

function asAsked(keys: readonly Key[]): (item: Item | undefined, index: number) => Item | undefined {
  return (item, index) => item && { ...item, key: keys[index] as Key };
}
