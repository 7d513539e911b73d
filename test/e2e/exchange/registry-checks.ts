import { deepStrictEqual as equal, match, throws } from "node:assert";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type AttributeValue, type DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { sign } from "../../../cli/registry-sign";
import { TableStore } from "../../../cli/registry-table";
import { RegistryTable } from "../../../runtime/registry/registry-table";
import { measured, registryFile } from "../../../runtime/registry/signed-registry";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { exampleDocument } from "../../support/exchange/example-fleet";
import { SCOPE, signedExample, suspendedDocument } from "../../support/exchange/signed-example";
import { complaints } from "../harness/complaints";
import type { Finished } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { RegistryWorld } from "./registry-world";
import { createTable, dynamoDbAt } from "./state-table";

const TABLE = "ambit-prod-registry";
const RACES = 50;
const PUBLICATIONS = 15;
/** Of a packed registry: three chunks */
const LARGE = 800_000;
const silent = { out: () => undefined, err: () => undefined };

type Item = Record<string, AttributeValue>;

interface Deployed {
  readonly world: RegistryWorld;
  readonly folders: readonly [string, string];
}

/** `ambit registry sign` as a process, its table, and the exchange's watcher. */
export function registryChecks(suite: Suite, moto: Check<Moto>): void {
  const deployed = suite.check(
    "registry: KMS signs, the table has it, the watcher takes it",
    [moto],
    async ([{ url }]) => {
      const world = await RegistryWorld.start(suite, url, TABLE);
      const folders = [world.synthesized("active", exampleDocument), world.synthesized("suspended", suspendedDocument)];
      const { watcher, events } = world.watcher();
      for (const [index, from] of [folders[0], folders[1], folders[0]].entries()) {
        const { code, stdout, stderr } = await world.deploy(from as string, ["--json"]);
        equal({ code, complaints: complaints(stderr) }, { code: 0, complaints: "" });
        const { result, from: last, revision, keyId } = JSON.parse(stdout);
        equal([result, last, revision, keyId], ["published", index, index + 1, world.signer.keyId]);
        await watcher.look();
        equal(watcher.current().revision, index + 1);
      }
      equal(
        events.map(({ kind }) => kind),
        ["registry.taken", "registry.taken", "registry.taken"],
      );
      const again = await world.deploy(folders[0] as string);
      equal([again.code, /^revision {3}unchanged, 3 stays\n/.test(again.stdout)], [0, true]);
      return { world, folders: [folders[0] as string, folders[1] as string] } satisfies Deployed;
    },
  );

  refusals(suite, deployed);
  races(suite, moto, deployed);
}

function refusals(suite: Suite, deployed: Check<Deployed>): void {
  const damages: Readonly<Record<string, readonly [(items: readonly Item[]) => Item, RegExp]>> = {
    "a changed chunk": [changedChunk, /the packed registry is not what was signed/],
    "a changed signature": [changedSignature, /is not of this public key|must be JSON in UTF-8|must be of/],
  };
  for (const [what, [damage, reason]] of Object.entries(damages)) {
    suite.check(`registry: ${what} is refused, and the last one stays`, [deployed], async ([{ world, folders }]) => {
      const { watcher, events } = world.watcher();
      await watcher.look();
      const { revision } = watcher.current();
      const signedNext = await world.deploy(folders[1], ["--resign"]);
      equal(signedNext.code, 0);
      const client = dynamoDbAt(world.url);
      const { Items: items = [] } = await client.send(
        new ScanCommand({ TableName: world.table, ConsistentRead: true }),
      );
      const damaged = damage(await inForce(client, world.table, items));
      const sound = items.find((item) => item["pk"]?.S === damaged["pk"]?.S && item["sk"]?.S === damaged["sk"]?.S);
      await client.send(new PutItemCommand({ TableName: world.table, Item: damaged }));
      await watcher.look();
      equal(watcher.current().revision, revision);
      equal(
        events.map(({ kind }) => kind),
        ["registry.taken", "registry.refused"],
      );
      match(events.flatMap((event) => ("reason" in event ? [event.reason] : []))[0] ?? "", reason);
      refused(await world.deploy(folders[0]), /cannot be trusted, and was left alone/, reason);
      await client.send(new PutItemCommand({ TableName: world.table, Item: sound }));
      await watcher.look();
      equal(watcher.current().revision, revision + 1);
    });
  }

  suite.check("registry: another key's is refused by watcher and command", [deployed], async ([{ world, folders }]) => {
    const { watcher, events } = world.watcher();
    await watcher.look();
    const { revision } = watcher.current();
    const store = new TableStore(dynamoDbAt(world.url), world.table);
    const there = await store.read();
    await store.replace(there, registryFile(await signedExample(strangersKey(world), revision + 1)));
    await watcher.look();
    equal([watcher.current().revision, events.at(-1)?.kind], [revision, "registry.refused"]);
    refused(await world.deploy(folders[0], ["--resign"]), /is not of this public key/);
    const { watcher: fresh } = world.watcher();
    await fresh.look();
    throws(() => fresh.current(), /no sound registry was found/);
    await store.replace(await store.read(), there?.bytes as Buffer);
    equal((await world.deploy(folders[0], ["--resign"])).code, 0);
  });

  suite.check("registry: an older one is refused, and noticed", [deployed], async ([{ world, folders }]) => {
    const older = `${world.folder}/older.signed`;
    const key = world.file("registry.pub.pem", world.publicKey);
    const verify = ["verify", "--table", world.table, "--region", "eu-central-1", "--public-key", key];
    equal((await world.ambit(...verify, "--save", older)).code, 0);
    const { watcher, events } = world.watcher();
    await watcher.look();
    const { revision } = watcher.current();
    equal((await world.deploy(folders[1])).code, 0);
    await watcher.look();
    const store = new TableStore(dynamoDbAt(world.url), world.table);
    await store.replace(await store.read(), readFileSync(older));
    await watcher.look();
    equal(watcher.current().revision, revision + 1);
    equal(
      events.map((event) => ("from" in event ? event.from : event.kind)),
      [0, revision, "registry.refused"],
    );
    const after = ["--after", String(revision + 1)];
    refused(await world.deploy(folders[0], after), /the one there has revision \d+: an older one was put back/);
  });
}

function races(suite: Suite, moto: Check<Moto>, deployed: Check<Deployed>): void {
  suite.check(`registry: of two signers at once one wins, ${RACES} times`, [deployed], async ([{ world }], note) => {
    let revision = 0;
    for (let race = 0; race < RACES; race++) {
      const gate = new Gate(2);
      const signing = [exampleDocument, suspendedDocument].map((document) => {
        const target = new TableStore(gate.before(dynamoDbAt(world.url)), world.table);
        const rest = { last: undefined, lastPublicKey: undefined, after: undefined, resign: true, now: 1_796_126_400 };
        return sign({ document, signer: world.signer, scope: SCOPE, target, ...rest }, silent);
      });
      const results = await Promise.allSettled(signing);
      const [won] = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      const lost = results.flatMap((result) => (result.status === "rejected" ? [String(result.reason.message)] : []));
      equal(lost.length, 1);
      match(lost[0] ?? "", /was changed by another deploy meanwhile, and was left alone: run this again$/);
      const { watcher } = world.watcher();
      await watcher.look();
      equal(watcher.current().revision, won?.revision);
      if (race > 0) equal(won?.revision, revision + 1);
      revision = won?.revision ?? 0;
    }
    const { Items: items = [] } = await dynamoDbAt(world.url).send(new ScanCommand({ TableName: world.table }));
    const contents = new Set(items.map(({ pk }) => pk?.S).filter((pk) => pk !== "registry"));
    equal(contents.size, 2);
    note(`${RACES} races, revision ${revision}`);
  });

  suite.check("registry: who reads while others publish sees one of them whole", [moto], async ([{ url }], note) => {
    await createTable(url, "busy-registry");
    const reader = new RegistryTable(dynamoDbAt(url), "busy-registry");
    let publishing = true;
    const reading = (async () => {
      let whole = 0;
      for (let last = ""; publishing || whole === 0;) {
        const published = await reader.read();
        if (published === undefined) continue;
        const { digest } = measured(await published.packed());
        // Only who is overtaken by two publications may miss chunks, and then looks again.
        if (digest !== published.token) equal((await reader.read())?.token === published.token, false);
        else if (last !== digest) [last, whole] = [digest, whole + 1];
      }
      return whole;
    })();
    const store = new TableStore(dynamoDbAt(url), "busy-registry");
    for (let index = 0; index < PUBLICATIONS; index++) {
      const packed = randomBytes(LARGE);
      await store.replace(await store.read(), registryFile({ token: measured(packed).digest, packed }));
    }
    publishing = false;
    note(`${PUBLICATIONS} publications of ${LARGE} bytes, ${await reading} of them read whole`);
  });
}

/** Holds the manifests of as many signers until all of them are there. */
class Gate {
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly count: number) {}

  public before(client: DynamoDBClient): DynamoDBClient {
    const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
    return Object.assign(client, {
      send: async (command: unknown) => {
        if (command instanceof PutItemCommand && command.input.ConditionExpression !== undefined) await this.pass();
        return send(command);
      },
    });
  }

  private pass(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      if (this.waiting.length === this.count) for (const go of this.waiting.splice(0)) go();
    });
  }
}

/** The manifest, and the chunks that it names */
async function inForce(client: DynamoDBClient, table: string, items: readonly Item[]): Promise<readonly Item[]> {
  const { content } = (await new RegistryTable(client, table).manifest()) ?? {};
  return items.filter(({ pk }) => pk?.S === "registry" || pk?.S === `content#${content}`);
}

function changedChunk(items: readonly Item[]): Item {
  const chunk = items.find(({ data }) => data?.B !== undefined) as Item;
  const data = Buffer.from(chunk["data"]?.B as Uint8Array);
  data[data.length >> 1] = (data[data.length >> 1] as number) ^ 1;
  return { ...chunk, data: { B: data } };
}

function changedSignature(items: readonly Item[]): Item {
  const manifest = items.find(({ pk }) => pk?.S === "registry") as Item;
  const token = manifest["token"]?.S as string;
  const last = token.at(-5) === "A" ? "B" : "A";
  return { ...manifest, token: { S: `${token.slice(0, -5)}${last}${token.slice(-4)}` } };
}

function strangersKey(world: RegistryWorld): KeyFileSigner {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return new KeyFileSigner(world.file("stranger.pem", `${privateKey.export({ type: "pkcs8", format: "pem" })}`));
}

/** One line on standard error, and nothing else */
function refused({ code, stdout, stderr }: Finished, ...reasons: readonly RegExp[]): void {
  equal({ code, stdout }, { code: 1, stdout: "" });
  match(stderr, /^ambit: [^\n]+\n$/);
  for (const reason of reasons) match(stderr, reason);
}
