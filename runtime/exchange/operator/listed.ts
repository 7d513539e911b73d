import { REVOCABLES, type Revocable, type User } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import type { FleetView } from "../../registry/registry";
import { revocationOf } from "../../session/revocations";
import { revokedKey } from "../../store/keys";
import type { Item, StateStore } from "../../store/store";
import { userDigest } from "../../store/user-digest";
import { nameOf } from "./operator";
import { restorableFrom } from "./restorable";

/** A stop, as it is shown to operators */
export interface Shown {
  readonly kind: Revocable;
  /** Left out of a user */
  readonly id?: string;
  /** Only of a user; left out of stops made before this was recorded */
  readonly user?: User;
  /** Only of a user: SHA-256 in base64url of the JSON array of issuer and subject, as records name it */
  readonly digest?: string;
  readonly reason: string;
  readonly by: string;
  /** Whole seconds since the epoch, as all times here */
  readonly revoked_at: number;
  /** Of the latest order for it, which a restoration names; left out of what was stopped before this was noted */
  readonly last_ordered_at?: number;
  /** Only of what is restored: not before, by what was declared when it was stopped and by what is now */
  readonly restorable_at?: number;
  /** Beside it where it is listed: what the exchange's clock says, by which the stop is restored */
  readonly now?: number;
  /** Only of entries that expire: from then on there is nothing left to stop */
  readonly ends_at?: number;
  /** Of an agent that is declared, where it is listed: ARNs of its roles in AWS */
  readonly roles?: readonly string[];
}

export interface Listed {
  readonly revocations: readonly Shown[];
  /** Ask again with it as `after`; left out behind the last page */
  readonly next?: string;
}

export interface Page {
  readonly kind: Revocable | undefined;
  /** Sort key to go on behind */
  readonly after: string | undefined;
  /** Lists one user's stop alone, also where the name behind the digest is no longer known */
  readonly digest?: string;
}

const PAGE = 100;
const DIGEST = /^[\w-]{43}$/;
const { partition: PARTITION } = revokedKey("agent", "");

/** @throws Refusal `revocation.malformed` */
export function pageOf(query: Readonly<Record<string, string>>): Page {
  const { kind: wanted, after, digest, ...others } = query;
  const [unknown] = Object.keys(others);
  const kind = REVOCABLES.find((each) => each === wanted);
  const isOther = digest !== undefined && (kind !== "user" || after !== undefined || !DIGEST.test(digest));
  if (unknown !== undefined || (wanted !== undefined && kind === undefined) || isOther) {
    const what = `ask with kind, one of ${REVOCABLES.join(", ")}, and after, or without; of one user with kind and digest`;
    throw Refusal.of("revocation.malformed", what);
  }
  return {
    ...(digest !== undefined && { digest }),
    kind,
    after: after === undefined ? undefined : Buffer.from(after, "base64url").toString("utf8"),
  };
}

export async function listed(
  store: Pick<StateStore, "list" | "read">,
  { kind, after, digest }: Page,
  fleet: Pick<FleetView, "agentNamed">,
  now: number,
): Promise<Listed> {
  const prefix = kind === undefined ? "" : revokedKey(kind, "").sort;
  const items =
    digest === undefined
      ? await store.list(PARTITION, prefix, PAGE, after)
      : (await store.read([revokedKey("user", digest)])).filter((item) => item !== undefined);
  const last = items[PAGE - 1];
  return {
    revocations: items.map((item) => {
      const stop = shown(item, fleet);
      const roles = stop.kind === "agent" ? fleet.agentNamed(stop.id ?? "")?.roles : undefined;
      return {
        ...stop,
        ...(stop.restorable_at !== undefined && { now }),
        ...(roles !== undefined && { roles }),
      };
    }),
    ...(last !== undefined && { next: Buffer.from(last.key.sort).toString("base64url") }),
  };
}

export function shown(item: Pick<Item, "expiresAt" | "key" | "value">, fleet: Pick<FleetView, "agentNamed">): Shown {
  const revocation = revocationOf(item);
  const { why, by, at, lastOrderedAt, user } = revocation;
  const [written, encoded = ""] = item.key.sort.split("#", 2);
  const [kind, id] = [written as Revocable, decodeURIComponent(encoded)];
  const isRestored = kind === "agent" || kind === "user";
  return {
    kind,
    ...(kind === "user" ? { ...(user !== undefined && { user }), digest: user ? userDigest(user) : id } : { id }),
    reason: why,
    by: nameOf(by),
    revoked_at: at,
    ...(lastOrderedAt !== undefined && { last_ordered_at: lastOrderedAt }),
    ...(isRestored && { restorable_at: restorableFrom(fleet, { kind, id }, revocation) }),
    ...(item.expiresAt !== undefined && { ends_at: item.expiresAt }),
  };
}
