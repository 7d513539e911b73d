import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, type DynamoDBClientConfig, ScanCommand } from "@aws-sdk/client-dynamodb";
import { type Clock, systemClock } from "../../../runtime/clock";
import { DYNAMODB_BOUNDS, DynamoDbStore } from "../../../runtime/store/dynamodb-store";
import { LevelStore } from "../../../runtime/store/level-store";
import { PersonKeys } from "../../../runtime/store/persons/person-keys";
import { PersonStore } from "../../../runtime/store/persons/person-store";
import type { StateStore } from "../../../runtime/store/store";

/** Has moto do one transaction at a time, as a table does */
export const SERIAL_MOTO = join(__dirname, "moto_serial.py");
export const REGION = "eu-central-1";

/** moto on a busy machine is slower than DynamoDB ever is. */
const PATIENT = { ...DYNAMODB_BOUNDS, requestHandler: { requestTimeout: 60_000 } };

/** A client at an address that stands in for DynamoDB */
export function dynamoDbAt(url: string, bounds: DynamoDBClientConfig = PATIENT): DynamoDBClient {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  return new DynamoDBClient({ ...bounds, endpoint: url, region: REGION, credentials });
}

/** A table as ExchangeTables makes it */
export async function createTable(url: string, name: string): Promise<void> {
  const client = dynamoDbAt(url);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
    }),
  );
  client.destroy();
}

/** The table of an exchange's state, and that of the keys of persons beside it */
export async function createTables(url: string, name: string): Promise<void> {
  await Promise.all([createTable(url, name), createTable(url, personKeyTable(name))]);
}

/** Named as the platform names it */
export function personKeyTable(stateTable: string): string {
  return `${stateTable.replace(/-state$/, "")}-person-keys`;
}

/** What an exchange is told of both */
export function tablesAt(endpoint: string, name: string, keysAt = endpoint) {
  const table = (of: string, at: string) => ({ dynamodb: { table: of, region: REGION, endpoint: at } });
  return { store: table(name, endpoint), persons: table(personKeyTable(name), keysAt) };
}

/** A store that has time; where time is what is checked, with the bounds that the exchange has. */
export function storeAt(
  url: string,
  table: string,
  clock: Clock = systemClock,
  bounds: DynamoDBClientConfig = PATIENT,
): DynamoDbStore {
  return new DynamoDbStore({ client: dynamoDbAt(url, bounds), table, clock });
}

/** The store as an exchange has it, with the keys of persons */
async function openPersonStore(
  store: StateStore,
  keyStore: StateStore,
): Promise<{ readonly store: PersonStore; readonly persons: PersonKeys; readonly close: () => Promise<void> }> {
  const persons = await PersonKeys.open({ store: keyStore });
  const close = async (): Promise<void> => {
    await store.close();
    await persons.close();
  };
  return { store: await PersonStore.open(store, persons), persons, close };
}

/** {@link openPersonStore} of a table and that beside it */
export function personStoreAt(url: string, table: string): ReturnType<typeof openPersonStore> {
  return openPersonStore(storeAt(url, table), storeAt(url, personKeyTable(table)));
}

/** {@link openPersonStore} of a folder, as the exchange has it where nothing else is said */
export async function personStoreIn(folder: string): ReturnType<typeof openPersonStore> {
  return openPersonStore(await LevelStore.open(folder), await LevelStore.open(join(folder, "person-keys")));
}

/** Every item of the table as it lies there, by partition and sort key */
export async function everything(url: string, table: string): Promise<ReadonlyMap<string, unknown>> {
  const client = dynamoDbAt(url);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  client.destroy();
  return new Map(Items.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]));
}
