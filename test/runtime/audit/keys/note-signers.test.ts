import { generateKeyPairSync, sign, verify } from "node:crypto";
import { join } from "node:path";
import type { SignCommand } from "@aws-sdk/client-kms";
import { GetPublicKeyCommand, type KMSClient, type SignCommandInput } from "@aws-sdk/client-kms";
import { NoteKeyFile } from "../../../../runtime/audit/keys/note-key-file";
import { NoteKmsKey } from "../../../../runtime/audit/keys/note-kms-key";
import { scratch } from "../../../support/cli";
import { KEY_ARN } from "../../../support/fake-kms";

const TEXT = Buffer.from("prod.example/audit\n0\nroot\n");
const pair = generateKeyPairSync("ed25519");
const { path: folder, put } = scratch("note-signers");

/** KMS with one Ed25519 key */
function kms(key: Readonly<Record<string, unknown>> = {}, answer?: unknown) {
  const asked: (SignCommandInput | string | undefined)[] = [];
  const send = async (command: unknown): Promise<unknown> => {
    if (command instanceof GetPublicKeyCommand) {
      asked.push(command.input.KeyId);
      const PublicKey = pair.publicKey.export({ type: "spki", format: "der" });
      return { KeyId: KEY_ARN, KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY", PublicKey, ...key };
    }
    const { input } = command as SignCommand;
    asked.push(input);
    return answer ?? { Signature: sign(null, input.Message as Uint8Array, pair.privateKey) };
  };
  return { client: { send } as unknown as Pick<KMSClient, "send">, asked };
}

test("a key in a file signs notes", async () => {
  const file = put("key.pem", pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  const signer = new NoteKeyFile(file, "prod.example/audit");
  expect(signer.key.name).toBe("prod.example/audit");
  expect(verify(null, TEXT, signer.key.key, await signer.sign(TEXT))).toBe(true);
});

test("a key in KMS signs the message itself, and an alias is followed once", async () => {
  const { client, asked } = kms();
  const signer = await NoteKmsKey.of({ client, key: "alias/ambit/prod/audit-log", name: "prod.example/audit" });
  expect(verify(null, TEXT, signer.key.key, await signer.sign(TEXT))).toBe(true);
  expect(asked).toEqual([
    "alias/ambit/prod/audit-log",
    { KeyId: KEY_ARN, Message: TEXT, MessageType: "RAW", SigningAlgorithm: "ED25519_SHA_512" },
  ]);
});

test("fails when the key file is not there, or its name cannot stand in a note", () => {
  const missing = join(folder, "missing.pem");
  expect(() => new NoteKeyFile(missing, "log")).toThrow(
    `the log's key must be an unencrypted Ed25519 private key in PEM, got ${missing}: ENOENT`,
  );
  const file = put("own.pem", pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  expect(() => new NoteKeyFile(file, "a log")).toThrow("a key's name must have no space, control character or plus");
});

const P256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "der" });
test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["is of another kind", { KeySpec: "ECC_NIST_P256", PublicKey: P256 }, "got ECC_NIST_P256 for SIGN_VERIFY (alias/a)"],
  ["is for something else", { KeyUsage: "KEY_AGREEMENT" }, "got ECC_NIST_EDWARDS25519 for KEY_AGREEMENT (alias/a)"],
  ["is not told", { PublicKey: undefined }, "KMS names no public key of alias/a"],
])("fails when the key in KMS %s", async (_, key, message) => {
  await expect(NoteKmsKey.of({ client: kms(key).client, key: "alias/a", name: "log" })).rejects.toThrow(message);
});

test("fails when KMS gives no signature of the length that Ed25519 has", async () => {
  const signer = await NoteKmsKey.of({
    client: kms({}, { Signature: Buffer.alloc(70) }).client,
    key: "a",
    name: "log",
  });
  await expect(signer.sign(TEXT)).rejects.toThrow(`KMS must give a signature of 64 bytes, got 70 (${KEY_ARN})`);
});
