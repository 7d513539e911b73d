import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rawSignature } from "../../../runtime/signer/der";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { keyFile, temporaryFolder } from "../../support/bundles";
import { der, FakeKms, KEY_ARN } from "../../support/fake-kms";
import { checkSigner } from "../../support/signer-contract";
import { rsaPair } from "../../support/rsa";

const ROUNDS = 600;
const folder = temporaryFolder("signer");

describe("a signer keeps the contract", () => {
  test("with a key file", async () => {
    await checkSigner(keyFile(folder, "file").signer, ROUNDS);
  });

  test("with KMS", async () => {
    await checkSigner(await KmsSigner.of({ client: new FakeKms().client, key: "alias/bundles" }), ROUNDS);
  });
});

describe("a key file", () => {
  const { path, publicPath } = keyFile(folder, "own");

  test("is named by its public key, or as one says", () => {
    const { keyId } = new KeyFileSigner(path);
    expect(keyId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(new KeyFileSigner(path).keyId).toBe(keyId);
    expect(new KeyFileSigner(path, "release").keyId).toBe("release");
  });

  test.each([
    ["is not there", join(folder, "missing.pem"), "there is no such file"],
    ["is a public key", publicPath, "error:"],
    ["is a folder", folder, "EISDIR: illegal operation on a directory, read"],
  ])("fails when it %s", (_, file, why) => {
    expect(() => new KeyFileSigner(file)).toThrow(
      `the key file must be an unencrypted private key in PEM, got ${file}: ${why}`,
    );
  });

  test("fails when it is encrypted", () => {
    const file = join(folder, "encrypted.pem");
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(
      file,
      privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }),
    );
    expect(() => new KeyFileSigner(file)).toThrow(
      `the key file must be an unencrypted private key in PEM, got ${file}: `,
    );
  });

  test.each([
    ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
    ["secp256k1", generateKeyPairSync("ec", { namedCurve: "secp256k1" })],
    ["Ed25519", generateKeyPairSync("ed25519")],
    ["RSA", rsaPair()],
  ])("fails when it is of %s", (name, { privateKey }) => {
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }));
    expect(() => new KeyFileSigner(file)).toThrow(`the key file must hold an EC key on the curve P-256, got ${file}`);
  });
});

describe("KMS", () => {
  const kms = new FakeKms();
  const signer = () => KmsSigner.of({ client: kms.client, key: "alias/bundles" });
  beforeEach(() => {
    kms.key = {};
    kms.answer = undefined;
  });

  test("signs with the key that an alias named first, though the alias may name another meanwhile", async () => {
    const found = await signer();
    expect(found.keyId).toBe(KEY_ARN);
    await found.sign(Buffer.from("x"));
    expect(kms.asked.at(-1)).toBe("alias/bundles");
    expect(kms.signed.at(-1)?.KeyId).toBe(KEY_ARN);
  });

  test("is sent a digest, never the content", async () => {
    await (await signer()).sign(Buffer.alloc(5_000));
    expect(kms.signed.at(-1)).toMatchObject({ MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" });
    expect(kms.signed.at(-1)?.Message).toHaveLength(32);
  });

  test("leaves the key's name to who wants another", async () => {
    expect((await KmsSigner.of({ client: kms.client, key: KEY_ARN, keyId: "2027" })).keyId).toBe("2027");
  });

  const spki = (type: "ec" | "rsa", namedCurve = "P-384"): Uint8Array => {
    const pair =
      type === "ec" ? generateKeyPairSync(type, { namedCurve }) : generateKeyPairSync(type, { modulusLength: 2048 });
    return pair.publicKey.export({ type: "spki", format: "der" });
  };
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["secp384r1 for SIGN_VERIFY", { PublicKey: spki("ec") }],
    ["secp256k1 for SIGN_VERIFY", { PublicKey: spki("ec", "secp256k1") }],
    ["rsa for SIGN_VERIFY", { PublicKey: spki("rsa") }],
    ["prime256v1 for KEY_AGREEMENT", { KeyUsage: "KEY_AGREEMENT" }],
    ["prime256v1 for undefined", { KeyUsage: undefined }],
  ])("fails when the key is %s", async (got, key) => {
    kms.key = key;
    await expect(signer()).rejects.toThrow(
      `the KMS key must be ECC_NIST_P256 for SIGN_VERIFY, got ${got} (alias/bundles)`,
    );
  });

  test.each([{ KeyId: undefined }, { PublicKey: undefined }])("fails when it names no public key (%j)", async (key) => {
    kms.key = key;
    await expect(signer()).rejects.toThrow("KMS names no public key of alias/bundles");
  });

  test("fails when it refuses, with its reason", async () => {
    kms.answer = () => {
      throw Object.assign(new Error("not authorized to perform: kms:Sign"), { name: "AccessDeniedException" });
    };
    await expect((await signer()).sign(Buffer.from("x"))).rejects.toThrow(
      `KMS refused to use ${KEY_ARN}: AccessDeniedException: not authorized to perform: kms:Sign`,
    );
  });

  test("fails when it gives no signature", async () => {
    kms.answer = () => undefined;
    await expect((await signer()).sign(Buffer.from("x"))).rejects.toThrow(`KMS gave no signature of ${KEY_ARN}`);
  });
});

describe("DER", () => {
  const LARGE = (1n << 256n) - 1n;
  const half = (integer: bigint): string => integer.toString(16).padStart(64, "0");

  test.each<[string, bigint, bigint]>([
    ["numbers of full length", LARGE, LARGE],
    ["a first bit that is set in 31 bytes", 1n << 247n, 1n << 255n],
    ["one byte of zeros in front", (1n << 248n) - 1n, (1n << 247n) - 1n],
    ["many zeros in front", 1n, 127n],
    ["a single byte whose first bit is set", 128n, 255n],
    ["zeros at the end", 1n << 254n, 256n],
  ])("becomes two halves of 32 bytes: %s", (_, r, s) => {
    expect(Buffer.from(rawSignature(der(r, s))).toString("hex")).toBe(half(r) + half(s));
    expect(Buffer.from(rawSignature(der(s, r))).toString("hex")).toBe(half(s) + half(r));
  });

  test.each([
    ["nothing", ""],
    ["a raw signature", "11".repeat(64)],
    ["no sequence", "3106020101020101"],
    ["a length that is too long", "3007020101020101"],
    ["a length that is too short", "3005020101020101"],
    ["bytes behind it", "300602010102010100"],
    ["bytes inside, behind the second", "30090201010201010500"],
    ["one integer", "3003020101"],
    ["three integers", "3009020101020101020101"],
    ["no integer", "3006040101020101"],
    ["a second that is no integer", "3006020101040101"],
    ["an empty integer", "300502000201ff"],
    ["a zero", "3006020100020101"],
    ["a negative number", "3006020180020101"],
    ["a zero in front that is not needed", "300702020001020101"],
    ["an integer cut off", "3006020101020501"],
    ["an integer of 33 bytes", `3026022101${"11".repeat(32)}020101`],
    ["an integer of 34 bytes with a zero in front", `3027022200${"ff".repeat(33)}020101`],
    ["the long form of a length", "308106020101020101"],
  ])("fails when it is %s", (_, hex) => {
    expect(() => rawSignature(Buffer.from(hex, "hex"))).toThrow(
      `the signature must be DER of two integers of 32 bytes, got ${hex}`,
    );
  });
});
