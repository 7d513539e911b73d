import { hash } from "node:crypto";
import { z } from "zod";
import { canonicalJson, NoCanonicalForm } from "../../canonical-json";
import type { Value } from "../../json";
import type { EpochState } from "../../session/stored";
import { idempotencyKey } from "../../store/keys";
import type { Condition, Write } from "../../store/store";
import { AccessProblem } from "./access-problem";

/** Of one run: what it writes is bounded by them */
export const MOST_KEYS = 128;

/** What a header can carry, without quotes or as the structured text that draft-ietf-httpapi-idempotency-key-header has */
const KEY = /^[\x21-\x7e]{1,255}$/;

const text = z.string().min(1);
const schema = z.array(z.strictObject({ key: text, body: text, task: text, until: z.int().min(0) })).max(MOST_KEYS);

/** A submission with its `Idempotency-Key`, in the run that sent it */
export interface Sent {
  readonly run: string;
  readonly key: string;
  readonly body: unknown;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** What the key gave before, or how to note what it gives now */
export type Found = { readonly task: string } | { readonly note: (task: string, until: number) => Write };

/** @throws AccessProblem `duplicate_request` if the key came with another body; where the run has sent too many keys */
export async function sentBefore({ store, epoch }: EpochState, { run, key, body, now }: Sent): Promise<Found> {
  if (!KEY.test(key)) {
    throw AccessProblem.malformed("Idempotency-Key must have 1 to 255 visible characters of ASCII and no blank");
  }
  const at = idempotencyKey(epoch, run);
  const [item] = await store.read([at]);
  const all = item === undefined ? [] : schema.parse(item.value).filter(({ until }) => now < until);
  const digests = { key: hash("sha256", key, "base64url"), body: hash("sha256", canonical(body), "base64url") };
  const known = all.find((each) => each.key === digests.key);
  if (known !== undefined && known.body !== digests.body) throw AccessProblem.of("duplicate_request");
  if (known !== undefined) return { task: known.task };
  if (all.length >= MOST_KEYS) {
    throw AccessProblem.tooMany(
      `${MOST_KEYS} keys of this run are kept already: leave Idempotency-Key out, as the same denial gives the same task anyway`,
    );
  }
  const when: Condition = item === undefined ? "absent" : { version: item.version };
  return {
    note: (task, until) => {
      const value = [...all, { ...digests, task, until }];
      const expiresAt = Math.max(...value.map((each) => each.until));
      return { kind: "put", key: at, value, expiresAt, when };
    },
  };
}

function canonical(body: unknown): string {
  try {
    return canonicalJson(body as Value);
  } catch (error) {
    if (error instanceof NoCanonicalForm) throw AccessProblem.malformed(error.message);
    throw error;
  }
}
