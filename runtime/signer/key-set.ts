import { createPublicKey } from "node:crypto";
import type { PublishedKey } from "../../domain/registry/document";
import type { Algorithm } from "../jose/algorithms";
import type { KeySource } from "../jose/key-source";
import { verificationKey, type VerificationKey } from "../jose/verify";
import { type Signer, SignerError } from "./signer";

interface Member {
  readonly signer: Signer;
  readonly published: PublishedKey;
  readonly key: VerificationKey;
}

/**
 * The keys of one token service: the first one signs, all are published. A key that is void is neither published nor
 * used any more.
 */
export class KeySet implements KeySource {
  private readonly voided = new Set<string>();

  private constructor(private readonly members: readonly Member[]) {}

  /**
   * Ask each signer for its public key.
   *
   * @param signers the one in use first, then those that were in use or will be
   * @throws SignerError
   */
  public static async of(signers: readonly Signer[]): Promise<KeySet> {
    const ids = signers.map(({ keyId }) => keyId);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) throw new SignerError(`each signer must have its own key id, got ${twice} twice`);
    return new KeySet(await Promise.all(signers.map(member)));
  }

  /** Ids of all keys, void ones included */
  public get keyIds(): readonly string[] {
    return this.members.map(({ published }) => published.kid);
  }

  /** Never publish or use these again, as the epoch says. Ids of other keys are kept in mind. */
  public makeVoid(keyIds: readonly string[]): void {
    for (const id of keyIds) this.voided.add(id);
  }

  /**
   * The signer in use
   *
   * @throws SignerError if every key is void
   */
  public get signer(): Signer {
    const [first] = this.usable;
    if (first === undefined) throw new SignerError("every key is void: configure a new one as the first");
    return first.signer;
  }

  /** What is published */
  public get jwks(): { readonly keys: readonly PublishedKey[] } {
    return { keys: this.usable.map(({ published }) => published) };
  }

  public async keyOf(kid: string, algorithm: Algorithm): Promise<VerificationKey | undefined> {
    return this.usable.find(({ published }) => published.kid === kid && published.alg === algorithm)?.key;
  }

  private get usable(): readonly Member[] {
    return this.members.filter(({ published }) => !this.voided.has(published.kid));
  }
}

async function member(signer: Signer): Promise<Member> {
  const { kty, crv, x, y } = createPublicKey(await signer.publicKeyPem()).export({ format: "jwk" });
  const published = { kty, crv, x, y, kid: signer.keyId, alg: "ES256", use: "sig" } as PublishedKey;
  const key = await verificationKey({ ...published }, "ES256");
  if (key === undefined) {
    throw new SignerError(`the key must be EC on the curve P-256, got ${crv ?? kty} (${signer.keyId})`);
  }
  return { signer, published, key };
}
