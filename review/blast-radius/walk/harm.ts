import { byText } from "../../../domain/by-text";
import { byCertainty, thingOf } from "./reached-union";
import type { Gate, ReachedThing } from "../blast-radius";

/** For data of unknown sensitivity: between internal and confidential */
const UNKNOWN_SENSITIVITY = 36;
const BY_RANK = [8, 24, 60, 88] as const;
/**
 * Cryptographic operations and what is told of a key: what it opens counts by itself. Grants, policies, deletion and patterns do more.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
 */
const USES_KEY =
  /^kms:(?:Decrypt|DeriveSharedSecret|DescribeKey|Encrypt|Generate(?:DataKey|DataKeyPair)(?:WithoutPlaintext)?|Generate(?:Mac|Random)|GetPublicKey|ReEncrypt(?:From|To)|Sign|Verify|VerifyMac)$/i;
/** In parts of four: a budget halves the harm, a person leaves a quarter. */
const PARTS: Readonly<Record<Gate, number>> = { none: 4, budget: 2, approval: 1 };

/**
 * How harmful a reached thing is, for sorting: identities of others first, then sensitive data and actions with effects.
 *
 * Ambit's own scale, and no measure of anything else. At least 1.
 */
export function harmOf(reached: ReachedThing): number {
  return Math.max(1, Math.floor((ungated(reached) * PARTS[reached.gate]) / 4));
}

function ungated({ kind, sensitivity, isHigh, isOutward, writes, does }: ReachedThing): number {
  switch (kind) {
    case "identity":
      return 160;
    case "kubernetes":
      return writes ? 48 : 8;
    case "data":
      return BY_RANK[sensitivity?.rank ?? 3] as number;
    case "aws":
      if (USES_KEY.test(does)) return 4;
      return sensitivity === undefined ? UNKNOWN_SENSITIVITY + (writes ? 4 : 0) : (BY_RANK[sensitivity.rank] as number);
    case "action":
      return 8 + (isHigh ? 56 : 0) + (isOutward ? 32 : 0) + (writes ? 8 : 0);
    case "pod":
      return 28;
    case "network":
      return isOutward ? 40 : 4;
  }
}

/** The sum of the worst entry of each thing: another thing never lowers it. */
export function totalHarm(all: readonly ReachedThing[]): number {
  const worst = new Map<string, number>();
  for (const one of all) worst.set(thingOf(one), Math.max(harmOf(one), worst.get(thingOf(one)) ?? 0));
  return [...worst.values()].reduce((sum, harm) => sum + harm, 0);
}

/** By certainty, then harm, then distance, then name */
export function byHarm(one: ReachedThing, other: ReachedThing): number {
  return (
    byCertainty(one, other) ||
    harmOf(other) - harmOf(one) ||
    one.hop - other.hop ||
    byText(thingOf(one), thingOf(other))
  );
}
