import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { sign, type SignRequest } from "../../cli/bundle-sign";
import { S3Store } from "../../cli/bundle-store";
import { ARCHIVE_LIMITS, tarGz } from "../../policies/bundle";
import { KmsSigner } from "../../runtime/signer/kms-signer";
import { keyFile, temporaryFolder, unsignedBundle } from "../support/bundles";
import { FakeKms, KEY_ARN } from "../support/fake-kms";
import { FakeS3, s3Error } from "../support/fake-s3";

const folder = temporaryFolder("bundle-store");
const { signer } = keyFile(folder, "key");
const stranger = keyFile(folder, "stranger").signer;
const silent = { out: () => undefined, err: () => undefined };

let s3: FakeS3;
let store: S3Store;
beforeEach(() => {
  s3 = new FakeS3();
  store = new S3Store(s3.client, "acme-policies", "policy/bundle.tar.gz");
});

function request(fleet: unknown, changes: Partial<SignRequest> = {}): SignRequest {
  const unsigned = tarGz(unsignedBundle(fleet));
  const rest = { last: undefined, lastPublicKey: undefined, after: undefined, resign: false, now: 1_767_225_600 };
  return { unsigned, signer, scope: "deploy", target: store, ...rest, ...changes };
}

const refusalOf = (from: SignRequest): Promise<unknown> => sign(from, silent).catch((error) => error.message);

test("a first bundle is written only where there is none, a later one only in the place of the one read", async () => {
  expect(await sign(request({ a: 1 }), silent)).toMatchObject({ result: "published", from: 0, revision: 1 });
  expect(await sign(request({ a: 2 }), silent)).toMatchObject({ result: "published", from: 1, revision: 2 });
  expect(s3.put.map(({ IfMatch, IfNoneMatch }) => [IfMatch, IfNoneMatch])).toEqual([
    [undefined, "*"],
    [expect.stringMatching(/^"[0-9a-f]{32}"$/), undefined],
  ]);
  expect(s3.put[1]).toMatchObject({
    Bucket: "acme-policies",
    Key: "policy/bundle.tar.gz",
    ContentType: "application/gzip",
  });
});

test("is signed by KMS in the same way", async () => {
  const kms = await KmsSigner.of({ client: new FakeKms().client, key: "alias/bundles" });
  const changes = { signer: kms };
  expect(await sign(request({}, changes), silent)).toMatchObject({ revision: 1, keyId: KEY_ARN });
  expect(await sign(request({}, changes), silent)).toMatchObject({ result: "unchanged", revision: 1, keyId: KEY_ARN });
});

describe("of two deploys at once", () => {
  const LOST =
    "s3://acme-policies/policy/bundle.tar.gz was changed by another deploy meanwhile, and was left alone: run this again";

  test.each([0, 1])("one wins and the other is told so, after %d earlier ones", async (earlier) => {
    for (let index = 0; index < earlier; index++) await sign(request({ index }), silent);
    const results = await Promise.allSettled([sign(request({ a: 1 }), silent), sign(request({ a: 2 }), silent)]);
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason.message] : []));
    expect(refused).toEqual([LOST]);
  });

  test.each([
    ["sees two writes meet", "ConditionalRequestConflict", 409],
    ["does not find the one that was read", "NoSuchKey", 404],
  ])("the later one is told so where S3 %s", async (_, name, code) => {
    s3.before = (command) => {
      if (command instanceof PutObjectCommand) throw s3Error(name, code);
    };
    await expect(sign(request({}), silent)).rejects.toThrow(LOST);
  });
});

const refuse = (kind: unknown, name: string, code: number) => (command: unknown) => {
  if (command instanceof (kind as new () => unknown)) throw s3Error(name, code);
};

test.each([
  [
    "AccessDenied",
    403,
    "cannot read s3://acme-policies/policy/bundle.tar.gz: AccessDenied: AccessDenied as S3 says it; without s3:ListBucket this is also how S3 says that there is none",
  ],
  [
    "NoSuchBucket",
    404,
    "cannot read s3://acme-policies/policy/bundle.tar.gz: NoSuchBucket: NoSuchBucket as S3 says it",
  ],
  [
    "InternalError",
    500,
    "cannot read s3://acme-policies/policy/bundle.tar.gz: InternalError: InternalError as S3 says it",
  ],
])("fails when the last one cannot be read (%s), rather than begin at 1", async (name, code, message) => {
  s3.before = refuse(GetObjectCommand, name, code);
  expect(await refusalOf(request({}))).toBe(message);
  expect(s3.content).toBeUndefined();
});

test("fails when the new one cannot be written", async () => {
  s3.before = refuse(PutObjectCommand, "AccessDenied", 403);
  expect(await refusalOf(request({}))).toBe(
    "cannot write s3://acme-policies/policy/bundle.tar.gz: AccessDenied: AccessDenied as S3 says it",
  );
});

test("fails when the last one could not be replaced safely", async () => {
  await sign(request({}), silent);
  s3.tagged = false;
  await expect(sign(request({ a: 1 }), silent)).rejects.toThrow("has no ETag, so it cannot be replaced safely");
});

test("fails when the last one is larger than any bundle", async () => {
  s3.content = Buffer.alloc(ARCHIVE_LIMITS.compressedBytes + 1);
  await expect(sign(request({}), silent)).rejects.toThrow(
    "s3://acme-policies/policy/bundle.tar.gz must have at most 67108864 bytes",
  );
});

test("fails when the last one cannot be trusted, and leaves it alone", async () => {
  await sign(request({}), silent);
  const content = (s3.content as Buffer).subarray(0, -1);
  s3.content = content;
  await expect(sign(request({ a: 1 }), silent)).rejects.toThrow(
    "s3://acme-policies/policy/bundle.tar.gz cannot be trusted, and was left alone: ",
  );
  expect(s3.content).toBe(content);
});

test("fails when the signer signs with another key than it names", async () => {
  const confused = { keyId: "k", publicKeyPem: () => stranger.publicKeyPem(), sign: (b: Uint8Array) => signer.sign(b) };
  await expect(sign(request({}, { signer: confused }), silent)).rejects.toThrow(
    'the signature, by key "k", is not of this public key',
  );
  expect(s3.content).toBeUndefined();
});
