import { createHash } from "node:crypto";
import { LIMITS } from "../../domain";
import type { Caller } from "../identity/caller";
import { onceKey } from "../store/keys";
import type { Key, Write } from "../store/store";

type Proof = NonNullable<Caller["proof"]>;

/** Seconds for which a used proof is remembered after it could have been accepted */
const MARGIN_SECONDS = 60;

/** Under which a DPoP proof is noted as used: by key and `jti` */
export function proofKey({ jti, jkt }: Proof): Key {
  return onceKey(
    "dpop",
    createHash("sha256")
      .update(JSON.stringify([jkt, jti]))
      .digest("base64url"),
  );
}

/** Uses a proof up; fails with StoreConflict where it was used before. */
export function proofWrite(proof: Proof, spiffeId: string): Write {
  return {
    kind: "put",
    key: proofKey(proof),
    value: { by: spiffeId },
    expiresAt: Math.ceil(proof.issuedAt) + LIMITS.clockSkew.seconds + MARGIN_SECONDS,
    when: "absent",
  };
}
