import {
  BatchGetItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { type Clock, systemClock } from "../clock";
import { asked, Attempts } from "./attempts";
import { checkedWrites, checkKeys, keyText } from "./checked";
import { aliveListedItem, type Attributes, itemOfAttributes, keyAttributes } from "./dynamodb-item";
import { DynamoDbTransaction } from "./dynamodb-transaction";
import { type Item, type Key, type ListedItem, type StateStore, StoreUnavailable, type Write } from "./store";
import { alive } from "./transaction";

/** Bounds for the client. The store tries again by itself, because it must know what an attempt may have done. */
export const DYNAMODB_BOUNDS = {
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
    // Waiting for a free one counts as connecting.
    httpAgent: { maxSockets: 500 },
    httpsAgent: { maxSockets: 500 },
  },
} as const satisfies DynamoDBClientConfig;

/** How long the table's identity is cached: restoring another one under its name takes longer. */
const IDENTITY_SECONDS = 60;

/** The end of the list. */
const BEHIND = Symbol("behind");

export interface DynamoDbStoreProps {
  /** Make it with {@link DYNAMODB_BOUNDS}. */
  readonly client: Pick<DynamoDBClient, "send" | "destroy">;
  /** Name of a table with the keys `pk` and `sk`, both texts */
  readonly table: string;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Milliseconds from any beginning, that never go back.
   *
   * @default - performance.now
   */
  readonly elapsed?: () => number;
}

/** State in a table of DynamoDB, for any number of processes. Every read is strongly consistent. */
export class DynamoDbStore implements StateStore {
  private readonly client: DynamoDbStoreProps["client"];
  private readonly table: string;
  private readonly clock: Clock;
  private readonly elapsed: () => number;
  private known: { readonly identity: Promise<string>; readonly until: number } | undefined;

  constructor({ client, table, clock = systemClock, elapsed = () => performance.now() }: DynamoDbStoreProps) {
    this.client = client;
    this.table = table;
    this.clock = clock;
    this.elapsed = elapsed;
  }

  public identity(): Promise<string> {
    const now = this.elapsed();
    if (this.known !== undefined && this.known.until > now) return this.known.identity;
    const known = { identity: this.described(), until: now + IDENTITY_SECONDS * 1_000 };
    this.known = known;
    known.identity.catch(() => {
      if (this.known === known) this.known = undefined;
    });
    return known.identity;
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    checkKeys(keys);
    if (keys.length === 0) return [];
    const found = new Map<string, Item>();
    let wanted = [...new Map(keys.map((key) => [keyText(key), keyAttributes(key)])).values()];
    const attempts = new Attempts();
    for (;;) {
      const command = new BatchGetItemCommand({
        RequestItems: { [this.table]: { Keys: wanted, ConsistentRead: true } },
      });
      const { Responses, UnprocessedKeys } = await this.asked("read", () => this.client.send(command));
      for (const attributes of Object.values(Responses ?? {}).flat()) {
        const item = itemOfAttributes(attributes);
        found.set(keyText(item.key), item);
      }
      wanted = Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? []);
      if (wanted.length === 0) break;
      if (!(await attempts.another())) {
        throw new StoreUnavailable(
          `DynamoDB did not read ${this.table}: ${wanted.length} of ${keys.length} keys stayed unprocessed`,
        );
      }
    }
    const now = this.clock();
    return keys.map((key) => alive(found.get(keyText(key)), now));
  }

  public async list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]> {
    const items: ListedItem[] = [];
    if (limit <= 0) return items;
    const begin = startOf(prefix, after);
    if (begin === BEHIND) return items;
    const now = this.clock();
    let start: Attributes | undefined = begin === undefined ? undefined : keyAttributes({ partition, sort: begin });
    do {
      const command = new QueryCommand({
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: prefix === "" ? "#pk = :pk" : "#pk = :pk AND begins_with(#sk, :prefix)",
        ExpressionAttributeNames: { "#pk": "pk", ...(prefix !== "" && { "#sk": "sk" }) },
        ExpressionAttributeValues: { ":pk": { S: partition }, ...(prefix !== "" && { ":prefix": { S: prefix } }) },
        Limit: limit,
        ExclusiveStartKey: start,
      });
      const { Items, LastEvaluatedKey } = await this.asked("list", () => this.client.send(command));
      items.push(...(Items ?? []).flatMap((attributes) => aliveListedItem(attributes, now) ?? []));
      start = LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items.slice(0, limit);
  }

  public async write(writes: readonly Write[]): Promise<void> {
    const transaction = new DynamoDbTransaction(this.table, checkedWrites(writes), this.clock);
    const attempts = new Attempts();
    for (;;) {
      const failure = await transaction.attempt((command) => this.client.send(command));
      if (failure === "done") return;
      if (failure !== "at-once" && !(await attempts.another())) throw failure;
    }
  }

  public async close(): Promise<void> {
    this.client.destroy();
  }

  private async described(): Promise<string> {
    const command = new DescribeTableCommand({ TableName: this.table });
    const { Table: table } = await this.asked("describe", () => this.client.send(command));
    // Each table has a unique id, independent of its name; without one, the creation time distinguishes it from an
    // earlier table.
    const own = table?.TableId ?? table?.CreationDateTime?.toISOString();
    if (own === undefined) throw new StoreUnavailable(`DynamoDB does not say which table ${this.table} is`);
    return `dynamodb:${table?.TableArn}:${own}`;
  }

  private asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    return asked(`DynamoDB did not ${what} ${this.table}`, ask);
  }
}

/** Sort key that a query goes on behind; a query refuses one outside of what it asks for */
function startOf(prefix: string, after: string | undefined): string | typeof BEHIND | undefined {
  if (after === undefined || after === "") return undefined;
  if (after.startsWith(prefix)) return after;
  return Buffer.from(after).compare(Buffer.from(prefix)) < 0 ? undefined : BEHIND;
}
