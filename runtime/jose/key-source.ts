import { isRecord } from "../../domain/is-record";
import type { Algorithm } from "./algorithms";
import type { JsonObject } from "./json";
import { verificationKey, type VerificationKey } from "./verify";

/** Where the public keys of one issuer come from */
export interface KeySource {
  /**
   * The one key of this name; undefined if there is none, if several have the name, or if it is for another algorithm.
   *
   * @throws KeysUnavailable if no keys are known
   */
  keyOf(kid: string, algorithm: Algorithm): Promise<VerificationKey | undefined>;
}

/** The issuer's keys are unknown: it did not answer, or not with a key set. */
export class KeysUnavailable extends Error {
  public override readonly name = "KeysUnavailable";
}

/** Most keys of a set; a real issuer's rotation needs far fewer */
const MOST_KEYS = 256;

/** Keys that do not change */
export class StaticKeys implements KeySource {
  private readonly byName = new Map<string, readonly JsonObject[]>();
  private readonly imported = new Map<string, Promise<VerificationKey | undefined>>();

  /** @throws KeysUnavailable if it is no JWK set (RFC 7517 section 5) */
  constructor(keySet: unknown) {
    const keys = isRecord(keySet) ? keySet.keys : undefined;
    if (!Array.isArray(keys) || keys.length > MOST_KEYS || !keys.every(isRecord)) {
      throw new KeysUnavailable(`a JWK set must have at most ${MOST_KEYS} objects in keys`);
    }
    for (const key of keys) {
      if (typeof key.kid === "string") this.byName.set(key.kid, [...(this.byName.get(key.kid) ?? []), key]);
    }
  }

  public has(kid: string): boolean {
    return this.byName.has(kid);
  }

  public async keyOf(kid: string, algorithm: Algorithm): Promise<VerificationKey | undefined> {
    const [key, ...others] = this.byName.get(kid) ?? [];
    if (key === undefined || others.length > 0) return undefined;
    const name = JSON.stringify([algorithm, kid]);
    const known = this.imported.get(name) ?? verificationKey(key, algorithm);
    this.imported.set(name, known);
    return known;
  }
}
