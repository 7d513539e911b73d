import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { structured } from "../../policies/bundle";
import { REVISION_DATA, sameFiles, SIGNATURES, signBundle, verifyBundle } from "../../policies/signature";
import { writeToken } from "../../policies/token";
import { type Signer } from "../../runtime/signer/signer";
import { keyFile, temporaryFolder, unsignedBundle } from "../support/bundles";
import { rsaPair } from "../support/rsa";

const folder = temporaryFolder("signature");
const { signer, publicKey, path } = keyFile(folder, "deploy-key");
const other = keyFile(folder, "other-key");

const signed = (unsigned = unsignedBundle(), options = {}): Promise<Map<string, Uint8Array>> =>
  signBundle(unsigned, { signer, revision: 4, scope: "deploy", issuedAt: 1_767_225_600, ...options });

function tokenOf(files: ReadonlyMap<string, Uint8Array>): string {
  return JSON.parse(`${files.get(SIGNATURES)}`).signatures[0];
}
function partOf(files: ReadonlyMap<string, Uint8Array>, index: 0 | 1): Record<string, unknown> {
  return JSON.parse(Buffer.from(tokenOf(files).split(".")[index] as string, "base64url").toString());
}
const withToken = (files: Map<string, Uint8Array>, token: unknown): Map<string, Uint8Array> =>
  files.set(SIGNATURES, Buffer.from(JSON.stringify({ signatures: [token] })));

describe("a signed bundle", () => {
  test("is the unsigned one with its revision in manifest and data, and a JWT over all of it", async () => {
    const files = await signed();
    expect([...files.keys()].sort()).toEqual([
      ".manifest",
      SIGNATURES,
      "ambit/fleet/data.json",
      REVISION_DATA,
      "policy/decision.rego",
    ]);
    expect(`${files.get(".manifest")}`).toBe('{"rego_version":1,"revision":"4","roots":["ambit","system/log"]}\n');
    expect(`${files.get(REVISION_DATA)}`).toBe('{"number":4}\n');
    expect(partOf(files, 0)).toEqual({ alg: "ES256", kid: "deploy-key", typ: "JWT" });
    const { files: listed, ...claims } = partOf(files, 1);
    expect(claims).toEqual({ iat: 1_767_225_600, iss: "ambit", scope: "deploy" });
    expect((listed as { readonly name: string }[]).map(({ name }) => name)).toEqual([
      ".manifest",
      "ambit/fleet/data.json",
      REVISION_DATA,
      "policy/decision.rego",
    ]);
  });

  test("lists the hash that OPA 1.22.2 signs for the same data", async () => {
    const odd = { b: "<&>\u2028\u007f\b\u0001é", "\ud800\udc00": [1, true, null], "\ue000": { "9": 1, "10": 2 } };
    const { files } = partOf(await signed(unsignedBundle(odd)), 1);
    expect(files).toContainEqual({
      algorithm: "SHA-256",
      hash: "72d214810f6ed2f80411769bc4cd1299e1f08b1975d2fc6848d33cdd5cb25daf",
      name: "ambit/fleet/data.json",
    });
  });

  test.each([2 ** 53 - 1, 253_402_300_800, -1, 0.5, "1767225600", null])(
    "fails where it says of its time %j",
    async (iat) => {
      const files = await signed();
      const token = await writeToken({ ...partOf(files, 1), iat }, signer);
      expect(() => verifyBundle(withToken(files, token), { publicKey, scope: "deploy" })).toThrow(
        `whole seconds since the epoch, up to the year 9999, in iat, got ${JSON.stringify(iat)}`,
      );
    },
  );

  test("may have been made in the last second of the year 9999", async () => {
    const files = await signed(unsignedBundle(), { issuedAt: 253_402_300_799 });
    expect(verifyBundle(files, { publicKey, scope: "deploy" }).issuedAt).toBe(253_402_300_799);
  });

  test("verifies, and gives back what was signed", async () => {
    const { files, ...facts } = verifyBundle(await signed(), { publicKey, scope: "deploy" });
    expect(facts).toEqual({ revision: 4, keyId: "deploy-key", issuedAt: 1_767_225_600 });
    expect(sameFiles(files, unsignedBundle())).toBe(true);
  });

  test.each([0, -1, 1.5, Number.NaN, 1_000_000_000_001, 2 ** 53])("fails when its revision is %d", async (revision) => {
    await expect(signed(unsignedBundle(), { revision })).rejects.toThrow(
      `revision must be a whole number from 1 to 1000000000000, got ${revision}`,
    );
  });

  test.each([
    [".manifest", "the unsigned bundle lacks .manifest: synthesize again"],
    ["ambit/fleet/data.json", "the unsigned bundle lacks ambit/fleet/data.json: synthesize again"],
  ])("fails when the unsigned one lacks %s", async (name, message) => {
    const files = unsignedBundle();
    files.delete(name);
    await expect(signed(files)).rejects.toThrow(message);
  });

  test("fails when the unsigned one was signed before", async () => {
    const twice = (await signed()) as Map<string, Buffer>;
    await expect(signed(twice)).rejects.toThrow(
      "the bundle to sign has .signatures.json: sign the one that synth wrote",
    );
    twice.delete(SIGNATURES);
    await expect(signed(twice)).rejects.toThrow(
      `the bundle to sign has ${REVISION_DATA}: sign the one that synth wrote`,
    );
    twice.delete(REVISION_DATA);
    await expect(signed(twice)).rejects.toThrow(
      "the bundle to sign has a revision in .manifest: sign the one that synth wrote",
    );
  });

  test.each(["patch.json", "a/data.yaml", "policy.wasm", "a/.signatures.json", "plan.json", "a/.manifest"])(
    "fails when the unsigned one has a %s",
    async (name) => {
      await expect(signed(unsignedBundle().set(name, Buffer.from("{}\n")))).rejects.toThrow(
        `a bundle holds Rego and data.json only, got "${name}"`,
      );
    },
  );

  test.each([
    ["spaces", '{"a": 1}\n'],
    ["keys in another order", '{"b":1,"a":2}\n'],
    ["a key twice", '{"a":1,"a":1}\n'],
    ["a number written otherwise", '{"a":1.0}\n'],
    ["an escape that is none", '{"a":"\\u0041"}\n'],
    ["no end of line", '{"a":1}'],
  ])("fails when the unsigned one's data has %s, which OPA would hash as another form", async (_, text) => {
    const files = unsignedBundle().set("ambit/fleet/data.json", Buffer.from(text));
    await expect(signed(files)).rejects.toThrow("ambit/fleet/data.json must be in canonical form: synthesize again");
  });
});

describe("verification fails when", () => {
  const verify = (files: ReadonlyMap<string, Uint8Array>, key = publicKey, scope = "deploy") =>
    verifyBundle(files, { publicKey: key, scope });

  test("the key is another", async () => {
    const files = await signed();
    expect(() => verify(files, other.publicKey)).toThrow(
      'the signature, by key "deploy-key", is not of this public key',
    );
  });

  test("the scope is another, or there is none", async () => {
    const files = await signed();
    expect(() => verify(files, publicKey, "read")).toThrow('the signature must be of scope "read", got "deploy"');
    const claims = partOf(files, 1);
    delete claims["scope"];
    withToken(files, await writeToken(claims, signer));
    expect(() => verify(files)).toThrow('the signature must be of scope "deploy", got nothing');
  });

  test("there is no signature", async () => {
    const files = await signed();
    files.delete(SIGNATURES);
    expect(() => verify(files)).toThrow("the bundle is not signed: it has no .signatures.json");
  });

  test.each<[string, (files: Map<string, Uint8Array>) => unknown, string]>([
    [
      "Rego was changed",
      (files) => files.set("policy/decision.rego", Buffer.from("package x\n")),
      "policy/decision.rego",
    ],
    ["data was changed", (files) => files.set("ambit/fleet/data.json", structured({ a: 1 })), "ambit/fleet/data.json"],
    ["the manifest was changed", (files) => files.set(".manifest", structured({ roots: [""] })), ".manifest"],
    ["the revision was raised", (files) => files.set(REVISION_DATA, structured({ number: 5 })), REVISION_DATA],
    ["a file was added", (files) => files.set("policy/a.rego", Buffer.from("package a\n")), "policy/a.rego"],
    ["a file was taken away", (files) => files.delete("policy/decision.rego"), "policy/decision.rego"],
  ])("%s", async (_, change, name) => {
    const files = await signed();
    change(files);
    expect(() => verify(files)).toThrow(
      `the files are not those that were signed: "${name}" was changed, added or taken away`,
    );
  });

  test.each<[string, (claims: Record<string, unknown>) => unknown]>([
    ["lists no files", (claims) => delete claims["files"]],
    ["lists files that are none", (claims) => (claims["files"] = [null, 1, {}])],
    [
      "lists an algorithm that is broken",
      (claims) => (claims["files"] = (claims["files"] as object[]).map((file) => ({ ...file, algorithm: "MD5" }))),
    ],
  ])("its signature %s", async (_, change) => {
    const files = await signed();
    const claims = partOf(files, 1);
    change(claims);
    withToken(files, await writeToken(claims, signer));
    expect(() => verify(files)).toThrow("the files are not those that were signed");
  });

  test("manifest and data name different revisions", async () => {
    const files = await signed();
    files.set(REVISION_DATA, structured({ number: 9 }));
    const elsewhere = await signed(unsignedBundle(), { revision: 9 });
    const claims = partOf(files, 1);
    const hashOf = (bundle: Map<string, Uint8Array>, name: string): unknown =>
      (partOf(bundle, 1)["files"] as { readonly name: string }[]).find((file) => file.name === name);
    claims["files"] = (claims["files"] as { readonly name: string }[]).map((file) =>
      file.name === REVISION_DATA ? hashOf(elsewhere, REVISION_DATA) : file,
    );
    withToken(files, await writeToken(claims, signer));
    expect(() => verify(files)).toThrow(
      'manifest and ambit/revision/data.json must name one revision, got "4" and {"number":9}',
    );
  });

  test.each([
    ["none", { alg: "none", kid: "k" }],
    ["HS256 with the public key as secret", { alg: "HS256", kid: "k" }],
    ["no name of its key", { alg: "ES256" }],
  ])("the header says %s", async (_, header) => {
    const files = await signed();
    const [, payload, signature] = tokenOf(files).split(".");
    withToken(files, `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`);
    expect(() => verify(files)).toThrow(
      `the signature must be of algorithm ES256 and name its key, got ${JSON.stringify(header)}`,
    );
  });

  test("it is a signature of something else by the same key", async () => {
    const files = await signed();
    const claims = partOf(files, 1);
    withToken(files, await writeToken(claims, signer, "ambit-registry+jwt"));
    expect(() => verify(files)).toThrow('the signature must be of type JWT, got "ambit-registry+jwt"');
  });

  test("the same signature is written in another way", async () => {
    const files = await signed();
    const token = tokenOf(files);
    // 64 bytes leave four bits of the last character unused.
    const last = token.at(-1) as string;
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const other = `${token.slice(0, -1)}${alphabet[alphabet.indexOf(last) ^ 1]}`;
    expect(Buffer.from(other.split(".")[2] ?? "", "base64url")).toEqual(
      Buffer.from(token.split(".")[2] ?? "", "base64url"),
    );
    withToken(files, other);
    expect(() => verify(files)).toThrow('the signature, by key "deploy-key", is not of this public key');
  });

  test("the signature is DER, as OpenSSL and KMS give it, or of zeros", async () => {
    const files = await signed();
    const [header, payload] = tokenOf(files).split(".");
    for (const bytes of [Buffer.alloc(70, 0x30), Buffer.alloc(64), Buffer.alloc(63)]) {
      withToken(files, `${header}.${payload}.${bytes.toString("base64url")}`);
      expect(() => verify(files)).toThrow('the signature, by key "deploy-key", is not of this public key');
    }
  });

  test.each<[string, string, string]>([
    ["two JWTs", '{"signatures":["a.b.c","a.b.c"]}', ".signatures.json must hold exactly one JWT"],
    ["no JWT", '{"signatures":[]}', ".signatures.json must hold exactly one JWT"],
    ["a JWT that is no text", '{"signatures":[1]}', ".signatures.json must hold exactly one JWT"],
    ["a plugin's form", '{"signatures":["x"]}', "the signature must be a JWT in compact form"],
    ["no JSON in its JWT", '{"signatures":["a.b.c"]}', "the signature must be JSON in UTF-8: "],
    ["a list", "[]", ".signatures.json must be a JSON object"],
    ["no JSON", "{", ".signatures.json must be JSON in UTF-8: "],
    ["bytes that are no UTF-8", "\xff", ".signatures.json must be JSON in UTF-8: "],
  ])("the file of signatures has %s", async (_, text, message) => {
    const files = await signed();
    files.set(SIGNATURES, Buffer.from(text, "latin1"));
    expect(() => verify(files)).toThrow(message);
  });

  const rsa = rsaPair().publicKey.export({ type: "spki", format: "pem" });
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ type: "spki", format: "pem" });
  test.each([
    ["RSA", rsa as string],
    ["P-384", p384 as string],
    ["the private one", readFileSync(path, "utf8")],
    ["no PEM", "hello"],
    ["damaged", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
    ["empty", ""],
  ])("the public key is %s", async (_, key) => {
    const files = await signed();
    expect(() => verify(files, key)).toThrow(
      "the public key must be PEM (-----BEGIN PUBLIC KEY-----) of an EC key on the curve P-256",
    );
  });
});

test("files are the same only where names and contents are", () => {
  const change = (act: (files: Map<string, Buffer>) => unknown): Map<string, Buffer> => {
    const files = unsignedBundle();
    act(files);
    return files;
  };
  const name = "policy/decision.rego";
  expect(sameFiles(unsignedBundle(), unsignedBundle())).toBe(true);
  expect(
    sameFiles(
      unsignedBundle(),
      change((files) => files.delete(name)),
    ),
  ).toBe(false);
  expect(
    sameFiles(
      change((files) => files.delete(name)),
      unsignedBundle(),
    ),
  ).toBe(false);
  expect(
    sameFiles(
      unsignedBundle(),
      change((files) => files.set(name, Buffer.alloc(0))),
    ),
  ).toBe(false);
  const renamed = change((files) => (files.delete(name), files.set("policy/other.rego", Buffer.alloc(0))));
  expect(
    sameFiles(
      change((files) => files.set(name, Buffer.alloc(0))),
      renamed,
    ),
  ).toBe(false);
});

test("fails when the signer fails, with what it says", async () => {
  const failing: Pick<Signer, "keyId" | "sign"> = { keyId: "k", sign: () => Promise.reject(new Error("no such key")) };
  await expect(signed(unsignedBundle(), { signer: failing })).rejects.toThrow("no such key");
});
