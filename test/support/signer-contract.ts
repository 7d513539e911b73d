import { deepStrictEqual as equal, match, ok } from "node:assert";
import { createPublicKey, verify } from "node:crypto";
import type { Signer } from "../../runtime/signer/signer";

/** What every signer must do, wherever its key is. About one signature in a hundred begins with a zero. */
export async function checkSigner(signer: Signer, rounds: number): Promise<void> {
  ok(signer.keyId !== "", "a signer names its key");
  const pem = await signer.publicKeyPem();
  match(pem, /^-----BEGIN PUBLIC KEY-----\n[^-]+-----END PUBLIC KEY-----\n$/);
  equal(await signer.publicKeyPem(), pem);
  const key = createPublicKey(pem);
  equal(key.asymmetricKeyDetails?.namedCurve, "prime256v1");
  const sound = (bytes: Uint8Array, signature: Uint8Array): boolean =>
    verify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, signature);

  const texts = [
    Buffer.alloc(0),
    Buffer.alloc(1_000_000, 7),
    ...Array.from({ length: rounds }, (_, i) => Buffer.from(`${i}`)),
  ];
  const signatures = await Promise.all(texts.map((text) => signer.sign(text)));
  for (const [index, text] of texts.entries()) {
    const signature = signatures[index] as Uint8Array;
    equal(signature.length, 64);
    ok(sound(text, signature), `the signature of text ${index} verifies`);
    ok(!sound(Buffer.concat([text, Buffer.from("x")]), signature), `the signature of text ${index} is of no other`);
  }
}
