import { z } from "zod";
import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import { lastingLogin } from "../../people/ended-login";
import { Refusal } from "../../refusal/refusal";
import { userSchema } from "../../session/stored";
import { KEY_SECONDS, type PersonKeys } from "../../store/persons/person-keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import type { StateStore } from "../../store/store";
import { userDigest } from "../../store/user-digest";
import type { Operator } from "./operator";
import { reasonSchema } from "./order";

export interface ErasuresProps {
  readonly persons: Pick<PersonKeys, "erase" | "pseudonymOf">;
  /** @throws Refusal `store.restored`, StoreUnavailable */
  readonly state: () => Promise<{ readonly store: Pick<StateStore, "read"> }>;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Who is erased */
export interface Erased {
  readonly erased: true;
  /** What records of before have in the place of the person */
  readonly pseudonym: string;
  /** Whole seconds since the epoch: no process uses the key any more from then on */
  readonly effective_at: number;
}

const ATTEMPTS = 5;
const schema = z.strictObject({ user: userSchema, reason: reasonSchema });

/**
 * Erases persons: their key is deleted, and which records are theirs can no longer be told. Stops of a person stay.
 *
 * INVARIANT: that a person is erased is on record before the key is deleted, so an erasure that breaks off is ordered again.
 */
export class Erasures {
  constructor(private readonly props: ErasuresProps) {}

  /**
   * @throws Refusal `operator.not-allowed`, `erasure.malformed`, `erasure.unknown-person`, `person.stale-login`; StoreUnavailable,
   *   StoreConflict
   */
  public async erase(body: unknown, operator: Operator): Promise<Erased> {
    if (operator.kind !== "person") throw Refusal.of("operator.not-allowed");
    const { success, data } = schema.safeParse(body);
    if (!success) throw Refusal.of("erasure.malformed");
    const { persons, state, ledger, clock } = this.props;
    const user = userDigest(data.user);
    const pseudonym = await persons.pseudonymOf({ user });
    if (pseudonym === undefined) throw Refusal.of("erasure.unknown-person");
    await retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const { store } = await state();
      const login = await lastingLogin(store, { ...operator.user, authenticatedAt: operator.authenticatedAt });
      const facts = { pseudonym, why: data.reason, by: userDigest(operator.user) };
      await ledger.commit({ writes: [login], event: { kind: "person.erased", time: clock(), facts } });
    });
    await persons.erase({ user });
    return { erased: true, pseudonym, effective_at: clock() + KEY_SECONDS };
  }
}
