import { hash } from "node:crypto";
import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import type { Value } from "../../json";
import { lastingLogin } from "../../people/ended-login";
import { Refusal } from "../../refusal/refusal";
import type { FleetAgent, Registry } from "../../registry/registry";
import { keyOf, revocationOf, type Target } from "../../session/revocations";
import type { EpochState } from "../../session/stored";
import { onceKey } from "../../store/keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import { type StateStore, StoreConflict, type Write } from "../../store/store";
import { userDigest } from "../../store/user-digest";
import { type Listed, listed, pageOf, type Shown, shown } from "./listed";
import type { Operator } from "./operator";
import { orderOf, restorationOf } from "./order";
import { restorableFrom } from "./restorable";
import { stopOf } from "./stop";
import { stopWrite } from "./stop-write";

export interface OrdersProps {
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState & { readonly store: Pick<StateStore, "list" | "read"> }>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** What is stopped now */
export interface Revoked extends Shown {
  /** Whether it was stopped before, for the reason that the answer tells */
  readonly already: boolean;
  /** Of a chain whose run is not known any more, or never was: what begins anew in the transaction of this id is stopped */
  readonly known?: false;
  /** Of an agent: what still works, and for how many seconds from the stop at most */
  readonly horizon?: FleetAgent["horizon"];
}

const ATTEMPTS = 5;
/** For which an order is remembered after it could have been accepted: other exchanges' clocks may be behind */
const MARGIN_SECONDS = 120;

/**
 * Carries out the operators' orders. A stop takes effect with the next request, because it is read from the store each
 * time.
 *
 * INVARIANT: only a restoration lifts the stop of an agent or a user, and the kill switch cannot restore.
 */
export class Orders {
  constructor(private readonly props: OrdersProps) {}

  /**
   * @throws Refusal, StoreUnavailable, StoreConflict, RegistryUnavailable: the stop may not have happened;
   *   `person.stale-login` if the identity provider has ended the operator's login meanwhile
   */
  public async revoke(body: unknown, operator: Operator): Promise<Revoked> {
    const order = orderOf(body);
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const { registry, state, clock } = this.props;
      const [found, now] = [await state(), clock()];
      const stop = await stopOf(found, registry.current(), order, now);
      const [before] = await found.store.read([keyOf(stop.target)]);
      const write = stopWrite(stop, before, {
        why: order.reason,
        by: operator.kind === "person" ? operator.user : operator.issuer,
        at: now,
      });
      await this.commit(found.store, operator, [write], {
        kind: "revocation.ordered",
        facts: {
          ...factsOf(stop.target),
          why: order.reason,
          ...orderedBy(operator),
          already: before !== undefined,
          ...(stop.told?.known === false && { known: false }),
        },
        now,
        stops: true,
      });
      return { ...shown(write, registry.current()), already: before !== undefined, ...stop.told };
    });
  }

  /**
   * Let an agent or a user act again, once everything issued before the stop has expired.
   *
   * @throws Refusal `operator.not-allowed`, `restoration.not-revoked`, `restoration.ordered-again`,
   *   `restoration.too-early`, `person.stale-login`
   */
  public async restore(body: unknown, operator: Operator): Promise<Shown & { readonly restored: true }> {
    if (operator.kind !== "person") throw Refusal.of("operator.not-allowed");
    const order = restorationOf(body);
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const [{ store }, now] = [await this.props.state(), this.props.clock()];
      const target: Target = order.kind === "user" ? { kind: "user", user: order.user } : order;
      const [item] = await store.read([keyOf(target)]);
      if (item === undefined) throw Refusal.of("restoration.not-revoked");
      const stop = revocationOf(item);
      if (order.last_ordered_at !== stop.lastOrderedAt) throw Refusal.of("restoration.ordered-again");
      const seconds = restorableFrom(this.props.registry.current(), order, stop) - now;
      if (seconds > 0) {
        throw Refusal.of("restoration.too-early").until({ seconds, act: undefined });
      }
      const { reason: why } = order;
      const { version } = item;
      await this.commit(store, operator, [{ kind: "delete", key: keyOf(target), when: { version } }], {
        kind: "revocation.restored",
        facts: { ...factsOf(target), why, ...orderedBy(operator) },
        now,
      });
      // The key does not name a user, and a stop of an earlier version does not either.
      const named = target.kind === "user" && { user: target.user };
      return { ...shown(item, this.props.registry.current()), ...named, restored: true };
    });
  }

  /** @throws Refusal `operator.not-allowed`, `revocation.malformed` */
  public async list(query: Readonly<Record<string, string>>, operator: Operator): Promise<Listed> {
    if (operator.kind !== "person") throw Refusal.of("operator.not-allowed");
    const page = pageOf(query);
    const { store } = await this.props.state();
    return listed(store, page, this.props.registry.current(), this.props.clock());
  }

  private async commit(
    store: Pick<StateStore, "read">,
    operator: Operator,
    writes: readonly Write[],
    {
      kind,
      facts,
      now,
      stops,
    }: {
      readonly kind: string;
      readonly facts: Readonly<Record<string, Value>>;
      readonly now: number;
      readonly stops?: true;
    },
  ): Promise<void> {
    const isPerson = operator.kind === "person";
    const proof = isPerson
      ? await lastingLogin(store, { ...operator.user, authenticatedAt: operator.authenticatedAt })
      : usedWrite(operator);
    try {
      await this.props.ledger.commit({
        writes: [proof, ...writes],
        event: { kind, time: now, facts },
        ...(stops && { stops }),
      });
    } catch (error) {
      const isReplayed = !isPerson && error instanceof StoreConflict && error.failed.includes(0);
      throw isReplayed ? Refusal.of("operator.order-replayed") : error;
    }
  }
}

function usedWrite({ issuer, jti, expiresAt }: Extract<Operator, { kind: "kill-switch" }>): Write {
  const digest = hash("sha256", JSON.stringify([issuer, jti]), "base64url");
  return {
    kind: "put",
    key: onceKey("kill-order", digest),
    value: { by: issuer },
    expiresAt: expiresAt + MARGIN_SECONDS,
    when: "absent",
  };
}

function orderedBy(operator: Operator): { readonly [name: string]: Value } {
  return operator.kind === "person" ? { by: userDigest(operator.user) } : { killSwitch: operator.issuer };
}

/** A record is no place for who a user is. */
function factsOf(target: Target): { readonly [name: string]: Value } {
  if (target.kind === "user") return { target: "user", user: userDigest(target.user) };
  return { target: target.kind, id: target.id };
}
