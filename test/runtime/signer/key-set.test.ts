import { generateKeyPairSync } from "node:crypto";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { KeySet } from "../../../runtime/signer/key-set";
import { FakeKms, KEY_ARN } from "../../support/fake-kms";
import { signerOf } from "../../support/exchange/token-world";
import { jwkOf, tokenKey } from "../../support/tokens";
import { rsaPair } from "../../support/rsa";

const [first, second] = [tokenKey("first"), tokenKey("second")];
const both = () => KeySet.of([signerOf(first), signerOf(second)]);

test("the first key signs, all are published, with their names and nothing private", async () => {
  const keys = await both();
  expect(keys.signer.keyId).toBe("first");
  expect(keys.keyIds).toEqual(["first", "second"]);
  expect(keys.jwks).toEqual({ keys: [first, second].map((key) => jwkOf(key, { alg: "ES256", use: "sig" })) });
  expect(JSON.stringify(keys.jwks)).not.toContain(String(first.privateKey.export({ format: "jwk" }).d));
});

test("a key is found by its name and algorithm", async () => {
  const keys = await both();
  expect(await keys.keyOf("second", "ES256")).toBeDefined();
  expect(await keys.keyOf("second", "ES384")).toBeUndefined();
  expect(await keys.keyOf("third", "ES256")).toBeUndefined();
});

test("a void key is not published, not found, and signs nothing; the next one does", async () => {
  const keys = await both();
  keys.makeVoid(["first", "unknown"]);
  expect(keys.signer.keyId).toBe("second");
  expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual(["second"]);
  expect(await keys.keyOf("first", "ES256")).toBeUndefined();
  expect(keys.keyIds).toEqual(["first", "second"]);
});

test("a void key stays void after later calls", async () => {
  const keys = await both();
  keys.makeVoid(["first"]);
  keys.makeVoid([]);
  keys.makeVoid(["second"]);
  expect(keys.jwks).toEqual({ keys: [] });
});

test("fails when every key is void, or there is none", async () => {
  const keys = await both();
  keys.makeVoid(keys.keyIds);
  expect(() => keys.signer).toThrow("every key is void: configure a new one as the first");
  const none = await KeySet.of([]);
  expect(() => none.signer).toThrow("every key is void: configure a new one as the first");
});

test("fails when two signers have one key id", async () => {
  await expect(KeySet.of([signerOf(first), signerOf({ ...second, kid: "first" })])).rejects.toThrow(
    "each signer must have its own key id, got first twice",
  );
});

test.each([
  ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
  ["RSA", rsaPair()],
  ["Ed25519", generateKeyPairSync("ed25519")],
])("fails when a key is of %s", async (name, pair) => {
  await expect(KeySet.of([signerOf({ kid: "odd", ...pair })])).rejects.toThrow(
    `the key must be EC on the curve P-256, got ${name} (odd)`,
  );
});

test("a key of KMS is published under its ARN", async () => {
  const keys = await KeySet.of([await KmsSigner.of({ client: new FakeKms().client, key: "alias/tokens" })]);
  expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual([KEY_ARN]);
});
