import { randomBytes } from "node:crypto";
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { sign, type RegistryRequest } from "../../cli/registry-sign";
import { TableStore } from "../../cli/registry-table";
import { CHUNK_BYTES, RegistryTable } from "../../runtime/registry/registry-table";
import { RegistryWatcher } from "../../runtime/registry/registry-watcher";
import { registryFile } from "../../runtime/registry/signed-registry";
import { KmsSigner } from "../../runtime/signer/kms-signer";
import { keyFile, temporaryFolder } from "../support/bundles";
import { exampleDocument } from "../support/exchange/example-fleet";
import { FakeRegistryTable } from "../support/exchange/fake-registry-table";
import { SCOPE, suspendedDocument, TRUST_DOMAIN } from "../support/exchange/signed-example";
import { FakeKms, KEY_ARN } from "../support/fake-kms";

const folder = temporaryFolder("registry-table");
const { signer, publicKey } = keyFile(folder, "key");
const silent = { out: () => undefined, err: () => undefined };
const LOST = "dynamodb://registry was changed by another deploy meanwhile, and was left alone: run this again";

let table: FakeRegistryTable;
beforeEach(() => {
  table = new FakeRegistryTable();
});

const store = (): TableStore => new TableStore(table.client, "registry");
const request = (document = exampleDocument, changes: Partial<RegistryRequest> = {}): RegistryRequest => ({
  document,
  signer,
  scope: SCOPE,
  target: store(),
  last: undefined,
  lastPublicKey: undefined,
  after: undefined,
  resign: false,
  now: 1_796_126_400,
  ...changes,
});
const signing = (document = exampleDocument, changes: Partial<RegistryRequest> = {}) =>
  sign(request(document, changes), silent);
const failing = (from: RegistryRequest): Promise<unknown> => sign(from, silent).catch((error) => error.message);
const watcher = (): RegistryWatcher =>
  new RegistryWatcher({
    source: new RegistryTable(table.client, "registry"),
    publicKeys: [publicKey],
    scope: SCOPE,
    trustDomain: TRUST_DOMAIN,
  });
const partitions = (): readonly string[] => [...new Set([...table.items.keys()].map((key) => key.split(" ")[0] ?? ""))];
const isManifest = (command: unknown): boolean =>
  command instanceof PutItemCommand && command.input.Item?.["pk"]?.S === "registry";
/** A registry file of as many bytes; what is signed is not looked at here. */
const fileOf = (token: string, bytes: number): Buffer => registryFile({ token, packed: randomBytes(bytes) });

test("the watcher takes what was signed into the table", async () => {
  const watching = watcher();
  expect(await signing()).toMatchObject({ result: "published", target: "dynamodb://registry", from: 0, revision: 1 });
  await watching.look();
  expect(watching.current().revision).toBe(1);
  expect(await signing()).toMatchObject({ result: "unchanged", revision: 1 });
  expect(await signing(suspendedDocument)).toMatchObject({ result: "published", from: 1, revision: 2 });
  await watching.look();
  expect(watching.current().revision).toBe(2);
});

test("KMS signs in the same way", async () => {
  const kms = await KmsSigner.of({ client: new FakeKms().client, key: "alias/registry" });
  expect(await signing(exampleDocument, { signer: kms })).toMatchObject({ revision: 1, keyId: KEY_ARN });
  expect(await signing(exampleDocument, { signer: kms })).toMatchObject({ result: "unchanged", revision: 1 });
});

test.each([1, CHUNK_BYTES, CHUNK_BYTES + 1, 5 * CHUNK_BYTES])("%d bytes come back as they were", async (bytes) => {
  const file = fileOf("a.b.c", bytes);
  await store().replace(undefined, file);
  expect((await store().read())?.bytes.equals(file)).toBe(true);
  const chunks = [...table.items.values()].flatMap(({ data }) => (data?.B === undefined ? [] : [data.B.length]));
  expect(chunks).toHaveLength(Math.ceil(bytes / CHUNK_BYTES));
  expect(Math.max(...chunks)).toBeLessThanOrEqual(CHUNK_BYTES);
});

test("no reader ever sees half a registry", async () => {
  await signing();
  const watching = watcher();
  await watching.look();
  const seen: number[] = [];
  table.after = async (command) => {
    if (!(command instanceof PutItemCommand)) return;
    await watching.look();
    seen.push(watching.current().revision);
  };
  await signing(suspendedDocument);
  expect(seen).toEqual([1, 2]);
});

test("the content before the last one is kept for its readers, and none before that", async () => {
  const contents: string[] = [];
  for (const document of [exampleDocument, suspendedDocument, exampleDocument, suspendedDocument]) {
    await signing(document);
    const { content } = (await new RegistryTable(table.client, "registry").manifest()) ?? {};
    contents.push(`content#${content}`);
  }
  expect([...partitions()].sort()).toEqual(["registry", ...contents.slice(-2)].sort());
});

describe("of two deploys at once", () => {
  test.each([0, 1, 2])("one wins and the other is told so, after %d earlier ones", async (earlier) => {
    for (let index = 0; index < earlier; index++) await signing(exampleDocument, { resign: true });
    const both = [signing(exampleDocument, { resign: true }), signing(suspendedDocument, { resign: true })];
    const results = await Promise.allSettled(both);
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason.message] : []));
    expect(refused).toEqual([LOST]);
    const watching = watcher();
    await watching.look();
    expect(watching.current().revision).toBe(earlier + 1);
    expect(partitions()).toHaveLength(earlier === 0 ? 2 : 3);
  });
});

test("an answer that was lost does not make a loser of the winner", async () => {
  let lost = false;
  const send = table.client.send.bind(table.client) as (command: unknown) => Promise<unknown>;
  const retrying = {
    send: async (command: unknown) => {
      const answer = await send(command);
      if (!isManifest(command)) return answer;
      lost = true;
      return send(command);
    },
  } as unknown as typeof table.client;
  expect(await signing(exampleDocument, { target: new TableStore(retrying, "registry") })).toMatchObject({
    result: "published",
    revision: 1,
  });
  expect(lost).toBe(true);
});

describe("a tampered registry is neither counted on nor replaced:", () => {
  type Change = (items: FakeRegistryTable["items"]) => void;
  const manifest = "registry manifest";
  const chunkOf = (items: FakeRegistryTable["items"]): string =>
    [...items.keys()].find((key) => key.startsWith("content#")) as string;
  const changes: Readonly<Record<string, readonly [Change, RegExp]>> = {
    "a chunk": [
      (items) => {
        const key = chunkOf(items);
        const data = Buffer.from(items.get(key)?.["data"]?.B ?? []);
        data[0] = (data[0] as number) ^ 1;
        items.set(key, { ...items.get(key), data: { B: data } });
      },
      /the packed registry is not what was signed/,
    ],
    "no chunk": [(items) => void items.delete(chunkOf(items)), /the packed registry is not what was signed/],
    "a chunk without data": [
      (items) => {
        const { data: _, ...rest } = items.get(chunkOf(items)) ?? {};
        items.set(chunkOf(items), rest);
      },
      /a chunk in dynamodb:\/\/registry has no data/,
    ],
    "a chunk more": [
      (items) => {
        const item = items.get(chunkOf(items)) ?? {};
        items.set(`${item["pk"]?.S} 000009`, { ...item, sk: { S: "000009" } });
      },
      /the packed registry is not what was signed/,
    ],
    "another token": [
      (items) => void items.set(manifest, { ...items.get(manifest), token: { S: "x.y.z" } }),
      /must be JSON in UTF-8/,
    ],
    "no token": [
      (items) => {
        const { token: _, ...rest } = items.get(manifest) ?? {};
        items.set(manifest, rest);
      },
      /the manifest in dynamodb:\/\/registry lacks token or content/,
    ],
  };

  test.each(Object.entries(changes))("%s", async (_, [change, reason]) => {
    await signing();
    change(table.items);
    const before = new Map(table.items);
    const message = await failing(request(suspendedDocument));
    expect(message).toMatch(
      /^dynamodb:\/\/registry cannot be trusted, and was left alone: .*: put the last sound version back/,
    );
    expect(message).toMatch(reason);
    expect(table.items).toEqual(before);
    const watching = watcher();
    await watching.look();
    expect(() => watching.current()).toThrow(reason);
  });
});

describe("fails when DynamoDB", () => {
  const broken = (name: string) => Object.assign(new Error(`${name} as DynamoDB says it`), { name });

  test("does not let it read", async () => {
    table.before = () => {
      throw broken("AccessDeniedException");
    };
    expect(await failing(request())).toBe(
      "cannot read dynamodb://registry: AccessDeniedException: AccessDeniedException as DynamoDB says it",
    );
  });

  test("does not let it write the manifest: what was there stays in force", async () => {
    await signing();
    table.before = (command) => {
      if (isManifest(command)) throw broken("ProvisionedThroughputExceededException");
    };
    expect(await failing(request(suspendedDocument))).toMatch(/^cannot write dynamodb:\/\/registry: Provisioned/);
    const watching = watcher();
    await watching.look();
    expect(watching.current().revision).toBe(1);
  });
});
