import { randomUUID } from "node:crypto";
import {
  DeleteItemCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { RegistryError } from "../runtime/registry/registry-error";
import {
  CHUNK_BYTES,
  chunkKey,
  MANIFEST_KEY,
  type ManifestItem,
  RegistryTable,
} from "../runtime/registry/registry-table";
import { readRegistryFile, registryFile } from "../runtime/registry/signed-registry";
import { CliError } from "./program";
import type { PublishStore, Stored } from "./publish-store";

/** Bounds for the client: five attempts, ten seconds for each answer */
export const TABLE_BOUNDS = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const satisfies DynamoDBClientConfig;

/**
 * The table that the exchange reads. Chunks are written under a new name and the manifest last, by compare-and-swap:
 * readers never see half a registry, and of two concurrent deploys one fails.
 */
export class TableStore implements PublishStore {
  public readonly name: string;
  private readonly reader: RegistryTable;
  /** What was read */
  private last: ManifestItem | undefined;

  constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly table: string,
  ) {
    this.reader = new RegistryTable(client, table);
    this.name = this.reader.name;
  }

  public read(): Promise<Stored | undefined> {
    return this.told("read", async () => {
      this.last = await this.reader.manifest();
      if (this.last === undefined) return undefined;
      const { token, content } = this.last;
      return { bytes: registryFile({ token, packed: await this.reader.content(content) }), tag: token };
    });
  }

  public replace(read: Stored | undefined, bytes: Uint8Array): Promise<void> {
    const { token, packed } = readRegistryFile(bytes);
    const content = randomUUID();
    return this.told("write", async () => {
      for (let index = 0; index * CHUNK_BYTES < packed.length; index++) await this.putChunk(content, index, packed);
      // A reader of the last manifest may still read its chunks, but none reads those of the manifest before it.
      if (this.last?.before !== undefined) await this.deleteContent(this.last.before);
      if (await this.putManifest({ token, content, before: this.last?.content }, read?.tag)) return;
      await this.deleteContent(content);
      throw new CliError(`${this.name} was changed by another deploy meanwhile, and was left alone: run this again`);
    });
  }

  private async putChunk(content: string, index: number, packed: Uint8Array): Promise<void> {
    const data = { B: packed.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES) };
    await this.client.send(new PutItemCommand({ TableName: this.table, Item: { ...chunkKey(content, index), data } }));
  }

  /** False if another manifest is there than the one that was read */
  private async putManifest({ token, content, before }: ManifestItem, last: string | undefined): Promise<boolean> {
    const condition =
      last === undefined
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : {
            ConditionExpression: "#token = :last",
            ExpressionAttributeNames: { "#token": "token" },
            ExpressionAttributeValues: { ":last": { S: last } },
          };
    const item = {
      ...MANIFEST_KEY,
      token: { S: token },
      content: { S: content },
      ...(before && { before: { S: before } }),
    };
    try {
      await this.client.send(new PutItemCommand({ TableName: this.table, Item: item, ...condition }));
      return true;
    } catch (error) {
      if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
      // The client tries again where no answer came, and then meets what it has written itself.
      return (await this.reader.manifest())?.content === content;
    }
  }

  private async deleteContent(content: string): Promise<void> {
    for (const key of await this.reader.chunkKeys(content)) {
      await this.client.send(new DeleteItemCommand({ TableName: this.table, Key: key }));
    }
  }

  private async told<T>(act: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { name, message } = error as Error;
      if (error instanceof CliError) throw error;
      if (error instanceof RegistryError) {
        const fix = "put the last sound version back";
        throw new CliError(`${this.name} cannot be trusted, and was left alone: ${message}: ${fix}`, { cause: error });
      }
      throw new CliError(`cannot ${act} ${this.name}: ${name}: ${message}`, { cause: error });
    }
  }
}
