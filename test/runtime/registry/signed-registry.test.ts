import { generateKeyPairSync } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { writeToken } from "../../../policies/token";
import { RegistryError } from "../../../runtime/registry/registry-error";
import {
  checkPublicKeys,
  manifestOf,
  measured,
  openRegistry,
  readRegistryFile,
  registryContent,
  registryFile,
  REGISTRY_LIMITS,
  type SignedRegistry,
} from "../../../runtime/registry/signed-registry";
import { keyFile, temporaryFolder } from "../../support/bundles";
import { exampleDocument, exampleFleet } from "../../support/exchange/example-fleet";
import { ISSUED_AT, SCOPE, signedExample, TRUST_DOMAIN } from "../../support/exchange/signed-example";
import { depth, IS_DEEP } from "../../support/depth";

const folder = temporaryFolder("signed-registry");
const { signer, publicKey } = keyFile(folder, "registry-key");
const other = keyFile(folder, "other-key");
const TRUST = { publicKeys: [publicKey], scope: SCOPE };

let signed: SignedRegistry;
beforeAll(async () => {
  signed = await signedExample(signer, 4);
});

const opened = async ({ token, packed }: SignedRegistry, trust = TRUST) =>
  openRegistry(manifestOf(token, trust), packed);
const claims = (): Record<string, unknown> =>
  JSON.parse(Buffer.from(signed.token.split(".")[1] as string, "base64url").toString());
const resigned = async (changes: Record<string, unknown>, packed = signed.packed, typ = "ambit-registry+jwt") => ({
  token: await writeToken({ ...claims(), ...changes }, signer, typ),
  packed,
});

test("the manifest says what was signed", () => {
  expect(manifestOf(signed.token, TRUST)).toEqual({
    revision: 4,
    keyId: "registry-key",
    issuedAt: ISSUED_AT,
    trustDomain: TRUST_DOMAIN,
    packed: measured(signed.packed),
    content: measured(registryContent(exampleDocument)),
  });
});

test("what is opened is the fleet that was signed, at its revision", async () => {
  const view = await opened(signed);
  expect(view.revision).toBe(4);
  expect(view.policy).toEqual(exampleFleet.policy);
  expect(view.issuers).toEqual(exampleFleet.issuers);
  expect(view.agentNamed("support-triage")).toEqual(exampleFleet.agentNamed("support-triage"));
});

test("each of several keys may have signed", async () => {
  const publicKeys = [other.publicKey, publicKey];
  expect(manifestOf(signed.token, { ...TRUST, publicKeys }).keyId).toBe("registry-key");
  const byOther = await signedExample(other.signer, 5);
  expect(manifestOf(byOther.token, { ...TRUST, publicKeys }).keyId).toBe("other-key");
});

test("a file holds the signature in its first line, and gzip behind it", () => {
  const file = registryFile(signed);
  const end = file.indexOf("\n");
  expect(file.toString("latin1", 0, end)).toBe(signed.token);
  expect(JSON.parse(gunzipSync(file.subarray(end + 1)).toString())).toEqual(exampleDocument);
  expect(readRegistryFile(file).token).toBe(signed.token);
});

test("the same fleet gives the same content", () => {
  const turned = { policy: exampleDocument.policy, registry: JSON.parse(JSON.stringify(exampleDocument.registry)) };
  expect(registryContent(turned).equals(registryContent(exampleDocument))).toBe(true);
});

const MANY = depth(10_000);

test(`${MANY} agents are signed and opened, far below the bounds`, async () => {
  const [name, id] = ["support-triage", "spiffe://prod.acme.example/ns/support/sa/support-triage"];
  const registry = exampleDocument.registry as { readonly agents: Readonly<Record<string, object>> };
  const policy = exampleDocument.policy as { readonly agents: Readonly<Record<string, object>> };
  const names = Array.from({ length: MANY }, (_, index) => `${name}-${index}`);
  const many = await signedExample(signer, 1, {
    registry: {
      ...registry,
      agents: Object.fromEntries(
        names.map((each) => [each, { ...registry.agents[name], spiffeId: `${id}${each.slice(name.length)}` }]),
      ),
    },
    policy: {
      ...policy,
      agents: Object.fromEntries(
        names.map((each) => [`${id}${each.slice(name.length)}`, { ...policy.agents[id], name: each }]),
      ),
    },
  });
  const { content, packed } = manifestOf(many.token, TRUST);
  expect(content.bytes).toBeLessThan(REGISTRY_LIMITS.bytes / 4);
  expect(packed.bytes).toBeLessThan(REGISTRY_LIMITS.packedBytes / 4);
  expect((await opened(many)).agentNamed(`${name}-${MANY - 1}`)?.spiffeId).toBe(`${id}-${MANY - 1}`);
});

test("no byte of the signature can be changed", async () => {
  const token = Buffer.from(signed.token);
  for (let at = 0; at < token.length; at++) {
    for (const bit of IS_DEEP ? [0, 5] : [at % 2 === 0 ? 0 : 5]) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] as number) ^ (1 << bit);
      expect(() => manifestOf(changed.toString("latin1"), TRUST)).toThrow(RegistryError);
    }
  }
});

test("no byte of the file can be changed, left out or added", () =>
  fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom("change", "leave out", "add", "cut off", "append"),
      async (position, by, how) => {
        const file = registryFile(signed);
        const at = position % file.length;
        const [head, tail] = [file.subarray(0, at), file.subarray(at)];
        const changed: Readonly<Record<typeof how, Buffer>> = {
          change: Buffer.concat([head, Buffer.from([(file[at] as number) ^ by]), tail.subarray(1)]),
          "leave out": Buffer.concat([head, tail.subarray(1)]),
          add: Buffer.concat([head, Buffer.from([by]), tail]),
          "cut off": head,
          append: Buffer.concat([file, Buffer.from([by])]),
        };
        await expect((async () => opened(readRegistryFile(changed[how])))()).rejects.toThrow(RegistryError);
      },
    ),
    { numRuns: depth(300) },
  ));

describe("the signature is refused when", () => {
  test("it is of another key", () => {
    const trust = { ...TRUST, publicKeys: [other.publicKey] };
    expect(() => manifestOf(signed.token, trust)).toThrow(
      'the signature, by key "registry-key", is not of this public key',
    );
  });

  test("it is of another scope", () => {
    expect(() => manifestOf(signed.token, { ...TRUST, scope: "test" })).toThrow(
      'the signature must be of ambit and of scope "test", got {"iss":"ambit","scope":"deploy"}',
    );
  });

  test("it is of another issuer", async () => {
    const { token } = await resigned({ iss: "another" });
    expect(() => manifestOf(token, TRUST)).toThrow('got {"iss":"another","scope":"deploy"}');
  });

  test.each(["JWT", "at+jwt", "ambit-start+jwt"])("it is a token of type %s by the same key", async (typ) => {
    const { token } = await resigned({}, signed.packed, typ);
    expect(() => manifestOf(token, TRUST)).toThrow(`the signature must be of type ambit-registry+jwt, got "${typ}"`);
  });

  test.each([
    ["revision", 0],
    ["revision", 1.5],
    ["revision", "4"],
    ["revision", Number.MAX_SAFE_INTEGER],
    ["iat", -1],
    ["iat", "now"],
    ["iat", 253_402_300_800],
    ["trustDomain", ""],
    ["trustDomain", null],
    ["more", true],
  ])("its %s is %j", async (claim, value) => {
    const { token } = await resigned({ [claim]: value });
    expect(() => manifestOf(token, TRUST)).toThrow(
      "the signature must say content, iat, iss, packed, revision, scope, trustDomain, got {",
    );
  });

  test.each(["content", "packed"])("its %s is measured otherwise", async (claim) => {
    const digest = `sha256:${"0".repeat(64)}`;
    const odd = [null, "x", { digest, bytes: 0 }, { digest, bytes: "1" }, { digest: "0", bytes: 1 }, { digest }];
    for (const value of [...odd, { digest, bytes: 1, more: 1 }]) {
      const { token } = await resigned({ [claim]: value });
      expect(() => manifestOf(token, TRUST)).toThrow(`the signature must name digest and bytes in ${claim}, got `);
    }
  });

  test.each([
    ["content", REGISTRY_LIMITS.bytes],
    ["packed", REGISTRY_LIMITS.packedBytes],
  ])("%s has more than %d bytes", async (claim, most) => {
    const { token } = await resigned({ [claim]: { ...measured(Buffer.from("x")), bytes: most + 1 } });
    expect(() => manifestOf(token, TRUST)).toThrow(
      `${claim} of the registry must have at most ${most} bytes, got ${most + 1}`,
    );
  });

  test("it is longer than any signature", () => {
    expect(() => manifestOf(`${signed.token}${"A".repeat(REGISTRY_LIMITS.tokenBytes)}`, TRUST)).toThrow(
      `the signature must have at most ${REGISTRY_LIMITS.tokenBytes} bytes`,
    );
  });
});

describe("what is signed is refused when", () => {
  test("it unpacks to more than was signed", async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000, " "));
    const bomb = await resigned({ packed: measured(packed) }, packed);
    const { bytes } = measured(registryContent(exampleDocument));
    await expect(opened(bomb)).rejects.toThrow(`the registry cannot be unpacked to ${bytes} bytes: `);
  });

  test("it is another registry than the packed one says", async () => {
    const packed = gzipSync("{}");
    await expect(opened(await resigned({ packed: measured(packed) }, packed))).rejects.toThrow(
      "the registry is not what was signed: sha256:",
    );
  });

  test.each([
    ["no gzip", Buffer.from("{}"), "the registry cannot be unpacked to 2 bytes: incorrect header check"],
    ["no JSON", gzipSync("{]"), "the registry must be JSON in UTF-8: "],
    ["no UTF-8", gzipSync(Buffer.from([0x22, 0xff, 0x22])), "the registry must be JSON in UTF-8: "],
    ["no object", gzipSync("[]"), "the registry must be a JSON object"],
    ["no registry", gzipSync("{}"), "registry: invalid input: expected object, received undefined: synthesize again"],
  ])("it is %s", async (_, packed, message) => {
    const content = packed[0] === 0x1f ? gunzipSync(packed) : packed;
    const odd = await resigned({ packed: measured(packed), content: measured(content) }, packed);
    await expect(opened(odd)).rejects.toThrow(new RegistryError(message).message);
  });

  test("the signature names another trust domain", async () => {
    await expect(opened(await resigned({ trustDomain: "test.acme.example" }))).rejects.toThrow(
      "the signature is of trust domain test.acme.example, that of the registry is prod.acme.example: sign again",
    );
  });
});

describe("nothing is signed when", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER])("the revision is %d", async (revision) => {
    await expect(signedExample(signer, revision)).rejects.toThrow("revision must be a whole number from 1 to ");
  });

  test("the scope is empty", async () => {
    await expect(signedExample(signer, 1, exampleDocument, "")).rejects.toThrow("the scope must be a name");
  });

  test("the exchange would refuse the documents", async () => {
    const document = { ...exampleDocument, policy: {} };
    await expect(signedExample(signer, 1, document)).rejects.toThrow("policy.version is missing: synthesize again");
  });
});

test.each<[string, string]>([
  ["nothing", ""],
  ["an empty line", "\nx"],
  ["no line", "x".repeat(REGISTRY_LIMITS.tokenBytes + 2)],
])("fails when the file is %s", (_, content) => {
  expect(() => readRegistryFile(Buffer.from(content))).toThrow(
    "a signed registry must begin with its signature in one line: sign it again",
  );
});

test("fails when no public key is named, or one that is none", () => {
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ type: "spki", format: "pem" });
  expect(() => checkPublicKeys([])).toThrow("publicKeys must name at least one key, got []");
  expect(() => checkPublicKeys([publicKey, "x"])).toThrow(RegistryError);
  expect(() => checkPublicKeys([`${p384}`])).toThrow("of an EC key on the curve P-256");
});
