import {
  type AttributeValue,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { RegistryError } from "./registry-error";
import type { Published, RegistrySource } from "./registry-source";
import { REGISTRY_LIMITS } from "./signed-registry";

/** Bounds for the client: two attempts of three seconds, so that a look ends well before it counts as too long ago */
export const REGISTRY_BOUNDS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const satisfies DynamoDBClientConfig;

/** DynamoDB has 400 KiB for an item, with its names */
export const CHUNK_BYTES = 350_000;

export const MANIFEST_KEY = { pk: { S: "registry" }, sk: { S: "manifest" } } as const satisfies Attributes;

type Attributes = Readonly<Record<string, AttributeValue>>;

/** The one item that says which registry is in force. Its chunks were written before it. */
export interface ManifestItem {
  readonly token: string;
  /** Names the partition of the chunks */
  readonly content: string;
  /** Content of the manifest before, kept for readers that have just read that */
  readonly before: string | undefined;
}

/** The table that the exchange reads its registry from: a manifest, and the packed registry in chunks. */
export class RegistryTable implements RegistrySource {
  public readonly name: string;

  constructor(
    private readonly client: Pick<DynamoDBClient, "send">,
    private readonly table: string,
  ) {
    this.name = `dynamodb://${table}`;
  }

  public async read(): Promise<Published | undefined> {
    const manifest = await this.manifest();
    return manifest && { token: manifest.token, packed: () => this.content(manifest.content) };
  }

  public async manifest(): Promise<ManifestItem | undefined> {
    const command = new GetItemCommand({ TableName: this.table, Key: MANIFEST_KEY, ConsistentRead: true });
    const { Item: item } = await this.client.send(command);
    if (item === undefined) return undefined;
    const { token, content, before } = item;
    if (token?.S === undefined || content?.S === undefined) {
      throw new RegistryError(`the manifest in ${this.name} lacks token or content`);
    }
    return { token: token.S, content: content.S, before: before?.S };
  }

  public async content(id: string): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const { data } of this.itemsOf(id, "#pk, #sk, #data")) {
      if (data?.B === undefined) throw new RegistryError(`a chunk in ${this.name} has no data`);
      chunks.push(data.B);
      bytes += data.B.length;
      if (bytes > REGISTRY_LIMITS.packedBytes) {
        throw new RegistryError(`the chunks in ${this.name} must have at most ${REGISTRY_LIMITS.packedBytes} bytes`);
      }
    }
    return Buffer.concat(chunks);
  }

  public async chunkKeys(id: string): Promise<readonly Attributes[]> {
    const keys: Attributes[] = [];
    for await (const { pk, sk } of this.itemsOf(id, "#pk, #sk")) if (pk && sk) keys.push({ pk, sk });
    return keys;
  }

  /** In the order of their keys */
  private async *itemsOf(content: string, attributes: string): AsyncGenerator<Attributes> {
    const names = attributes.split(", ").map((name) => [name, name.slice(1)] as const);
    let start: Attributes | undefined;
    do {
      const { Items: items = [], LastEvaluatedKey: last } = await this.client.send(
        new QueryCommand({
          TableName: this.table,
          ConsistentRead: true,
          KeyConditionExpression: "#pk = :pk",
          ProjectionExpression: attributes,
          ExpressionAttributeNames: Object.fromEntries(names),
          ExpressionAttributeValues: { ":pk": { S: partitionOf(content) } },
          ExclusiveStartKey: start,
        }),
      );
      yield* items;
      start = last;
    } while (start !== undefined);
  }
}

/** Keys of a content's chunks, in order */
export function chunkKey(content: string, index: number): { readonly pk: AttributeValue; readonly sk: AttributeValue } {
  return { pk: { S: partitionOf(content) }, sk: { S: String(index).padStart(6, "0") } };
}

function partitionOf(content: string): string {
  return `content#${content}`;
}
