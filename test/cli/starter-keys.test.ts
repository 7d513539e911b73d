import { createPublicKey } from "node:crypto";
import { withStarterKeys } from "../../cli/starter-keys";
import { CliError } from "../../cli/program";
import { KmsSigner } from "../../runtime/signer/kms-signer";
import { type Signer, SignerError } from "../../runtime/signer/signer";
import { FakeKms } from "../support/fake-kms";

const ALIASES = ["alias/ambit/prod/starter/nightly/2", "alias/ambit/prod/starter/nightly/1"];
const outside = {
  issuer: "https://cron.example",
  jwksUri: "https://cron.example/keys",
  algorithms: ["ES256"],
  starts: ["schedule"],
};
const own = {
  issuer: "https://nightly.starters.example",
  kms: ALIASES,
  algorithms: ["ES256"],
  starts: ["schedule"],
  tasks: ["a.b"],
};
const documentOf = (...starters: readonly object[]) => ({
  registry: { version: "ambit.registry/2", trust: { issuers: [], starters } },
  policy: {},
});
const inKms = async (alias: string): Promise<Signer> => {
  const { client } = new FakeKms();
  return KmsSigner.of({ client, key: alias, keyId: alias });
};
const startersOf = ({ registry }: { readonly registry: unknown }) =>
  (registry as ReturnType<typeof documentOf>["registry"]).trust.starters as readonly {
    jwks?: readonly { kid: string }[];
  }[];

test("the public half of each key is written beside its alias, by which tokens name it", async () => {
  const [first, second] = startersOf(await withStarterKeys(documentOf(outside, own), inKms));
  expect(first).toEqual(outside);
  expect(second).toMatchObject(own);
  expect(second?.jwks?.map(({ kid }) => kid)).toEqual(ALIASES);
  for (const jwk of second?.jwks ?? []) {
    expect(jwk).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
    expect(jwk).not.toHaveProperty("d");
    expect(createPublicKey({ key: { ...jwk }, format: "jwk" }).asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  }
});

test("a registry without such starters stays as it is, and KMS is not asked", async () => {
  const document = documentOf(outside);
  const asked = async () => Promise.reject(new Error("asked"));
  expect(await withStarterKeys(document, asked)).toBe(document);
});

test("what was written before is written anew", async () => {
  const [starter] = startersOf(await withStarterKeys(documentOf({ ...own, jwks: [{ kid: "forged" }] }), inKms));
  expect(starter?.jwks?.map(({ kid }) => kid)).toEqual(ALIASES);
});

test("fails when a key is not there, with what to apply first", async () => {
  const refused = async () =>
    Promise.reject(new SignerError("KMS refused to use alias/x: NotFoundException: no such alias"));
  const found = withStarterKeys(documentOf(own), refused);
  await expect(found).rejects.toThrow(CliError);
  await expect(withStarterKeys(documentOf(own), refused)).rejects.toThrow(
    "the keys of https://nightly.starters.example cannot be read: KMS refused to use alias/x: NotFoundException: no such alias: apply the foundation stack first, which makes the keys",
  );
});

test("fails when two aliases lead to one name", async () => {
  await expect(withStarterKeys(documentOf({ ...own, kms: ["alias/a", "alias/a"] }), inKms)).rejects.toThrow(
    "each signer must have its own key id",
  );
});
