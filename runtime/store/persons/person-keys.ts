import { createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { Bounded } from "../../bounded";
import type { Item, Key, StateStore } from "../store";
import { StoreConflict } from "../store";
import { mac } from "./mac";

export interface PersonKeysProps {
  /** Store with these keys only, without backups */
  readonly store: StateStore;
  /** Milliseconds from any beginning, that never go back. @default the process's */
  readonly elapsed?: (() => number) | undefined;
}

/** Whose key it is: a user, by the digest of store/user-digest.ts, or an agent that started by itself, by its SPIFFE ID */
export type KeyOwner = { readonly user: string } | { readonly agent: string };

/** The key of one owner */
export interface PersonKey {
  /** Names it in the table of keys */
  readonly place: string;
  /** What records have in the place of the person */
  readonly pseudonym: string;
  /** 32 bytes */
  readonly secret: Buffer;
  /** 32 bytes that follow from the secret, for what is sealed */
  readonly sealing: Buffer;
}

/** For so long a key is used without another look at whether it was erased: then every replica has forgotten it */
export const KEY_SECONDS = 60;
/** Owners whose keys are known at once */
export const MOST_KEYS = 10_000;

const BYTES = 32;
const PARTITION = "person-keys";
const schema = z.strictObject({ secret: z.string().regex(/^[\w-]{43}$/) });

interface Known {
  readonly until: number;
  readonly key: PersonKey | Promise<PersonKey>;
}

/**
 * A random key for each person, created on first use, and one key for the names of all. Erasing a person deletes the
 * key; the person gets a new one on return.
 *
 * INVARIANT: neither an owner's name without a key, nor what the key table keeps of an erased owner, reveals anything
 * about deleted keys.
 */
export class PersonKeys {
  private readonly known = new Bounded<Known>(MOST_KEYS);
  private readonly names = new Bounded<string>(MOST_KEYS);
  private readonly places = new Bounded<string>(MOST_KEYS);

  private constructor(
    private readonly store: StateStore,
    private readonly naming: Buffer,
    private readonly elapsed: () => number,
  ) {}

  /** @throws StoreUnavailable */
  public static async open({ store, elapsed = () => performance.now() }: PersonKeysProps): Promise<PersonKeys> {
    const { value } = await readOrMade(store, { partition: "naming-key", sort: "key" });
    return new PersonKeys(store, secretIn(value), elapsed);
  }

  /** What keys of the state store name a user by: the same for ever, so that a revocation outlasts the person's key. */
  public nameOf(digest: string): string {
    const known = this.names.of(digest);
    if (known !== undefined) return known;
    const name = mac(this.naming, "name", digest);
    this.names.put(digest, name);
    return name;
  }

  /**
   * The owner's key, created if there is none; synchronous if cached.
   *
   * @throws StoreUnavailable, by the promise
   */
  public keyOf(owner: KeyOwner): PersonKey | Promise<PersonKey> {
    const place = this.placeOf(owner);
    const known = this.knownAt(place);
    if (known !== undefined) return known;
    const until = this.elapsed() + KEY_SECONDS * 1_000;
    const key = readOrMade(this.store, itemAt(place)).then(({ value }) => keyFrom(place, value));
    this.known.put(place, { until, key });
    key.then(
      (read) => this.replace(place, key, { until, key: read }),
      () => this.replace(place, key, undefined),
    );
    return key;
  }

  /**
   * The key at this place; undefined if it was deleted. Synchronous if cached.
   *
   * @throws StoreUnavailable, by the promise
   */
  public keyAt(place: string): PersonKey | Promise<PersonKey | undefined> {
    return this.knownAt(place) ?? this.readAt(place);
  }

  /**
   * What the owner is called in records so far; undefined if no key is there.
   *
   * @throws StoreUnavailable
   */
  public async pseudonymOf(owner: KeyOwner): Promise<string | undefined> {
    const place = this.placeOf(owner);
    const [item] = await this.store.read([itemAt(place)]);
    return item && keyFrom(place, item.value).pseudonym;
  }

  /**
   * Delete the key. This process forgets it at once, others within {@link KEY_SECONDS}.
   *
   * @throws StoreUnavailable
   */
  public async erase(owner: KeyOwner): Promise<void> {
    const place = this.placeOf(owner);
    await this.store.write([{ kind: "delete", key: itemAt(place), when: "any" }]);
    this.known.drop(place);
  }

  public async close(): Promise<void> {
    await this.store.close();
  }

  private placeOf(owner: KeyOwner): string {
    const named = "user" in owner ? `user\n${owner.user}` : `agent\n${owner.agent}`;
    const known = this.places.of(named);
    if (known !== undefined) return known;
    const place = mac(this.naming, "place", named);
    this.places.put(named, place);
    return place;
  }

  private knownAt(place: string): Known["key"] | undefined {
    const known = this.known.of(place);
    return known !== undefined && this.elapsed() < known.until ? known.key : undefined;
  }

  private async readAt(place: string): Promise<PersonKey | undefined> {
    const until = this.elapsed() + KEY_SECONDS * 1_000;
    const [item] = await this.store.read([itemAt(place)]);
    if (item === undefined) return undefined;
    const key = keyFrom(place, item.value);
    this.known.put(place, { until, key });
    return key;
  }

  /** Another may have been asked for meanwhile, or the owner erased. */
  private replace(place: string, asked: Promise<PersonKey>, by: Known | undefined): void {
    if (this.known.of(place)?.key !== asked) return;
    if (by === undefined) this.known.drop(place);
    else this.known.put(place, by);
  }
}

function keyFrom(place: string, value: Item["value"]): PersonKey {
  const secret = secretIn(value);
  const sealing = createHmac("sha256", secret).update("seal").digest();
  return { place, secret, sealing, pseudonym: mac(secret, "person", place) };
}

function itemAt(place: string): Key {
  return { partition: `${PARTITION}#${place}`, sort: "key" };
}

function secretIn(value: Item["value"]): Buffer {
  return Buffer.from(schema.parse(value).secret, "base64url");
}

/** Of several that make it at the same time, one has. */
async function readOrMade(store: StateStore, key: Key): Promise<Pick<Item, "value">> {
  const [item] = await store.read([key]);
  if (item !== undefined) return item;
  const value = { secret: randomBytes(BYTES).toString("base64url") };
  try {
    await store.write([{ kind: "put", key, value, when: "absent" }]);
    return { value };
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    const [others] = await store.read([key]);
    if (others === undefined) throw error;
    return others;
  }
}
