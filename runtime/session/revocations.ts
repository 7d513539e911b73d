import { z } from "zod";
import { INPUT_LIMITS, REVOCABLES, type Revocable, type RevocationFacts, type User } from "../../domain";
import { endedLoginsKey, revokedKey } from "../store/keys";
import { type Item, type Key, type StateStore, StoreUnavailable, type Write } from "../store/store";
import { userDigest } from "../store/user-digest";
import { isOfEndedLogin } from "./ended-logins";
import type { OutsideEvidence, Run } from "./session";
import { userSchema } from "./stored";

/** What can be stopped */
export type Target =
  | { readonly kind: "user"; readonly user: User }
  | {
      readonly kind: Exclude<Revocable, "user">;
      /** Name of the agent, id of the run or of the whole transaction, `sid`, or `jti` */
      readonly id: string;
    };

export interface Revocation {
  readonly why: string;
  /** A person, or the name of the kill switch */
  readonly by: string | User;
  /** Whole seconds since the epoch */
  readonly at: number;
  /** Of an agent or user: from then on everything issued before the stop has expired */
  readonly restorableAt?: number;
  /** Time of the last order, later with each order; missing in stops from before this was recorded */
  readonly lastOrderedAt?: number;
  /** Who was stopped: the key does not name them */
  readonly user?: User;
}

const time = z.int().min(0).max(INPUT_LIMITS.whole);
const schema = z.strictObject({
  why: z.string(),
  by: z.union([z.string(), userSchema]),
  at: time,
  restorableAt: time.exactOptional(),
  lastOrderedAt: time.exactOptional(),
  user: userSchema.exactOptional(),
}) as z.ZodType<Revocation>;

/** What was written, read back */
export function revocationOf({ value }: Pick<Item, "value">): Revocation {
  return schema.parse(value);
}

/** What a request stands or falls with: a run, and the tokens that it presents */
export type Standing = Pick<Run, "agent" | "run" | "txn" | "sid" | "user" | "chain" | "evidence"> & {
  /** Evidence of the same user that is shown to join the run, which began by another */
  readonly shown?: Pick<OutsideEvidence, "issuedAt"> | undefined;
};

/** Where it stands whether something of a run was stopped */
interface Looked {
  readonly kind: Revocable;
  readonly key: Key;
  readonly isStopped: (item: Item) => boolean;
}

/**
 * What of the run was stopped: its agent or one of the chain, the run, one that handed it on, or the transaction, the
 * session or a delegator's, a token, the user, or the login by which the user started it.
 *
 * @param tokens `jti` of those presented
 */
export async function revocationFacts(
  store: Pick<StateStore, "read">,
  run: Standing,
  tokens: readonly string[],
): Promise<RevocationFacts> {
  const { keys, revoked } = revocationsOf(run, tokens);
  try {
    return { known: true, revoked: revoked(await store.read(keys)) };
  } catch (error) {
    if (error instanceof StoreUnavailable) return { known: false, revoked: [] };
    throw error;
  }
}

export interface Revocations {
  readonly keys: readonly Key[];
  /** @param items that lie at the keys, in their order */
  readonly revoked: (items: readonly (Item | undefined)[]) => readonly Revocable[];
}

/** Where it stands what of a run was stopped, to be read together with other things, and what of it the items say. */
export function revocationsOf(run: Standing, tokens: readonly string[]): Revocations {
  const all = targetsOf(run, tokens).map((target): Looked => ({
    kind: target.kind,
    key: keyOf(target),
    isStopped: () => true,
  }));
  const looked = [...new Map(all.map((each) => [each.key.sort, each])).values(), ...loginsOf(run)];
  return {
    keys: looked.map(({ key }) => key),
    revoked: (items) => {
      const found = looked.filter(({ isStopped }, index) => {
        const item = items[index];
        return item !== undefined && isStopped(item);
      });
      const stopped = new Set(found.map(({ kind }) => kind));
      return REVOCABLES.filter((kind) => stopped.has(kind));
    },
  };
}

/**
 * Stop something.
 *
 * @param until from when nothing is left to stop, such as the token's expiry; undefined for agents and users, who are
 *   stopped until they are restored
 */
export function revoke(
  target: Target,
  { why, by, at, restorableAt, lastOrderedAt, user }: Revocation,
  until: number | undefined,
): Extract<Write, { kind: "put" }> {
  return {
    kind: "put",
    key: keyOf(target),
    value: {
      why,
      by: typeof by === "string" ? by : { ...by },
      at,
      ...(restorableAt !== undefined && { restorableAt }),
      ...(lastOrderedAt !== undefined && { lastOrderedAt }),
      ...(user !== undefined && { user: { ...user } }),
    },
    ...(until !== undefined && { expiresAt: until }),
    when: "any",
  };
}

/** Let an agent or a user act again. */
export function restore(target: Target): Write {
  return { kind: "delete", key: keyOf(target), when: "present" };
}

function targetsOf({ agent, run, txn, sid, user, chain }: Standing, tokens: readonly string[]): readonly Target[] {
  const of = (kind: Exclude<Revocable, "user">, ids: readonly string[]): readonly Target[] =>
    ids.map((id) => ({ kind, id }));
  return [
    ...of("agent", [agent, ...chain.map((hop) => hop.agent)]),
    ...of("run", [run, txn, ...chain.map((hop) => hop.run)]),
    ...of("session", [sid, ...chain.map((hop) => hop.sid)]),
    ...of("token", tokens),
    ...(user === null ? [] : [{ kind: "user" as const, user }]),
  ];
}

/** Of the user's logins, up to some time: the issuer of the user's tokens told of it, and no operator. */
function loginsOf({ user, evidence, shown }: Standing): readonly Looked[] {
  if (user === null) return [];
  const isStopped = (item: Item): boolean =>
    isOfEndedLogin(item, evidence) || (shown !== undefined && isOfEndedLogin(item, shown));
  return [{ kind: "user", key: endedLoginsKey(user), isStopped }];
}

export function keyOf(target: Target): ReturnType<typeof revokedKey> {
  return revokedKey(target.kind, target.kind === "user" ? userDigest(target.user) : target.id);
}
