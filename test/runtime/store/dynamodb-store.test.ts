import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  BatchGetItemCommand,
  type CancellationReason,
  DescribeTableCommand,
  DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { DYNAMODB_BOUNDS, DynamoDbStore } from "../../../runtime/store/dynamodb-store";
import type { Write } from "../../../runtime/store/store";

const NOW = 1_000;
const key = { partition: "p", sort: "s" };
const put: Write = { kind: "put", key, value: { a: 1 }, when: "absent" };

/** What DynamoDB says next; the last is said again */
let answers: unknown[];
let asked: { readonly input: unknown }[];
let store: DynamoDbStore;
beforeEach(() => {
  asked = [];
  const send = async (command: { readonly input: unknown }): Promise<unknown> => {
    asked.push(command);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const client = { send, destroy: () => undefined } as unknown as DynamoDBClient;
  store = new DynamoDbStore({ client, table: "state", clock: () => NOW });
});

function failure(name: string, status?: number, more: object = {}): Error {
  return Object.assign(new Error(`${name} as DynamoDB says it`), {
    name,
    $metadata: { httpStatusCode: status },
    ...more,
  });
}

function cancelled(...reasons: readonly (string | CancellationReason)[]): Error {
  const CancellationReasons = reasons.map((reason) => (typeof reason === "string" ? { Code: reason } : reason));
  return new TransactionCanceledException({
    message: "cancelled",
    CancellationReasons,
    $metadata: { httpStatusCode: 400 },
  });
}

const lost = () => failure("TimeoutError");
const transactions = () =>
  asked
    .filter((command) => command instanceof TransactWriteItemsCommand)
    .map(({ input }) => input as TransactWriteItemsCommandInput);
const tokens = () => transactions().map(({ ClientRequestToken }) => ClientRequestToken);
const outcome = (writes: readonly Write[]) =>
  store.write(writes).then(
    () => "written",
    ({ name, failed }: { name: string; failed?: readonly number[] }) => [name, failed],
  );

test("the SDK does not try again by itself, and does not wait for long", () => {
  expect(DYNAMODB_BOUNDS).toMatchObject({
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  });
});

test("waiting for a table that is slow is not taken for a connection that fails", async () => {
  const [body, type] = ['{"Responses":{}}', { "content-type": "application/x-amz-json-1.0" }];
  const waiting: ServerResponse[] = [];
  // Answers when all have come: a read that waited for the connection of another would wait for ever.
  const slow = createServer((_, answer) => {
    if (waiting.push(answer) === 60) for (const each of waiting) each.writeHead(200, type).end(body);
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const client = new DynamoDBClient({
    ...DYNAMODB_BOUNDS,
    requestHandler: { ...DYNAMODB_BOUNDS.requestHandler, connectionTimeout: 60_000, requestTimeout: 60_000 },
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(slow.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
  const there = new DynamoDbStore({ client, table: "state" });
  const reads = await Promise.allSettled(Array.from({ length: 60 }, () => there.read([key])));
  expect(reads.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(await new Promise<number>((resolve) => slow.getConnections((_, open) => resolve(open)))).toBe(60);
  await there.close();
  slow.closeAllConnections();
  await new Promise((resolve) => slow.close(resolve));
});

test("a write is one transaction with a token, whose expressions name what they use and nothing else", async () => {
  answers = [{}];
  const writes: Write[] = [
    put,
    { kind: "put", key: { ...key, sort: "t" }, value: 7, expiresAt: 2_000, when: { version: 3 } },
    { kind: "check", key: { ...key, sort: "u" }, when: "any" },
    { kind: "delete", key: { ...key, sort: "v" }, when: "any" },
  ];
  await store.write(writes);
  expect(transactions()).toEqual([
    { ClientRequestToken: expect.stringMatching(/^[0-9a-f-]{36}$/), TransactItems: expect.any(Array) },
  ]);
  const where = { TableName: "state", ReturnValuesOnConditionCheckFailure: "ALL_OLD" };
  expect(transactions()[0]?.TransactItems).toEqual([
    {
      Put: {
        ...where,
        Item: { pk: { S: "p" }, sk: { S: "s" }, value: { S: '{"a":1}' }, version: { N: "1" } },
        ConditionExpression: "attribute_not_exists(#pk) OR #expires <= :now",
        ExpressionAttributeNames: { "#pk": "pk", "#expires": "expiresAt" },
        ExpressionAttributeValues: { ":now": { N: "1000" } },
      },
    },
    {
      Update: {
        ...where,
        Key: { pk: { S: "p" }, sk: { S: "t" } },
        ConditionExpression:
          "attribute_exists(#pk) AND (attribute_not_exists(#expires) OR #expires > :now) AND #version = :version",
        UpdateExpression: "SET #value = :value, #version = if_not_exists(#version, :zero) + :one, #expires = :expires",
        ExpressionAttributeNames: { "#pk": "pk", "#value": "value", "#version": "version", "#expires": "expiresAt" },
        ExpressionAttributeValues: {
          ":now": { N: "1000" },
          ":version": { N: "3" },
          ":value": { N: "7" },
          ":zero": { N: "0" },
          ":one": { N: "1" },
          ":expires": { N: "2000" },
        },
      },
    },
    {
      ConditionCheck: {
        ...where,
        Key: { pk: { S: "p" }, sk: { S: "u" } },
        ConditionExpression: "attribute_not_exists(#pk) OR attribute_exists(#pk)",
        ExpressionAttributeNames: { "#pk": "pk" },
      },
    },
    {
      Delete: {
        ...where,
        Key: { pk: { S: "p" }, sk: { S: "v" } },
        ConditionExpression: "attribute_not_exists(#pk) OR attribute_exists(#pk)",
        ExpressionAttributeNames: { "#pk": "pk" },
      },
    },
  ]);
});

describe("what a cancelled transaction means", () => {
  const three: Write[] = ["a", "b", "c"].map((sort) => ({ ...put, key: { ...key, sort } }));

  test("fails with the index of each condition that did not hold, at once", async () => {
    answers = [cancelled("None", "ConditionalCheckFailed", "ConditionalCheckFailed")];
    expect(await outcome(three)).toEqual(["StoreConflict", [1, 2]]);
    expect(asked).toHaveLength(1);
  });

  test("fails with the condition, where others were in the way besides", async () => {
    answers = [cancelled("TransactionConflict", "ConditionalCheckFailed", "None")];
    expect(await outcome(three)).toEqual(["StoreConflict", [1]]);
  });

  test.each(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])(
    "%s is tried again, as another transaction, and given up after four times",
    async (code) => {
      answers = [cancelled("None", code, "None"), {}];
      expect(await outcome(three)).toBe("written");
      expect(new Set(tokens()).size).toBe(2);
      answers = [cancelled("None", code, "None")];
      expect(await outcome(three)).toEqual(["StoreConflict", []]);
      expect(asked).toHaveLength(6);
    },
  );

  test.each(["ValidationError", "ItemCollectionSizeLimitExceeded"])("fails at once for %s", async (code) => {
    answers = [cancelled("None", code, "None")];
    expect(await outcome(three)).toEqual(["StoreUnavailable", undefined]);
    expect(asked).toHaveLength(1);
  });

  test("fails where it is not said why", async () => {
    answers = [cancelled("None", "None", "None")];
    expect(await outcome(three)).toEqual(["StoreUnavailable", undefined]);
  });
});

describe("where what a write goes on with has expired", () => {
  const old = (expiresAt: number): CancellationReason => ({
    Code: "ConditionalCheckFailed",
    Item: { pk: { S: "p" }, sk: { S: "s" }, value: { N: "5" }, version: { N: "4" }, expiresAt: { N: `${expiresAt}` } },
  });
  const add: Write = { kind: "add", key, amount: 2, atMost: 3 };
  const anyPut: Write = { ...put, when: "any" } as Write;
  const kinds = () => transactions().map(({ TransactItems }) => Object.keys(TransactItems?.[0] ?? {})[0]);

  test.each<[string, Write]>([
    ["adds", add],
    ["puts", anyPut],
  ])("%s anew, in its place", async (_, write) => {
    answers = [cancelled(old(NOW)), {}];
    expect(await outcome([write])).toBe("written");
    expect(kinds()).toEqual(["Update", "Put"]);
    expect(new Set(tokens()).size).toBe(2);
  });

  test("goes on where another process was faster to begin anew", async () => {
    answers = [cancelled(old(NOW)), cancelled(old(NOW + 60)), {}];
    expect(await outcome([add])).toBe("written");
    expect(kinds()).toEqual(["Update", "Put", "Update"]);
  });

  test.each<[string, Write, number]>([
    ["it has not", add, NOW + 1],
    ["it must be there", { ...put, when: "present" } as Write, NOW],
    ["it must be of a version", { ...put, when: { version: 4 } } as Write, NOW],
    ["the amount alone is too much", { ...add, amount: 4 } as Write, NOW],
  ])("fails when %s", async (_, write, expiresAt) => {
    answers = [cancelled(old(expiresAt)), {}];
    expect(await outcome([write])).toEqual(["StoreConflict", [0]]);
  });

  test("fails with the others that do not hold, without another attempt", async () => {
    answers = [cancelled(old(NOW), "ConditionalCheckFailed"), {}];
    expect(await outcome([add, { ...put, key: { ...key, sort: "t" } } as Write])).toEqual(["StoreConflict", [1]]);
    expect(asked).toHaveLength(1);
  });
});

describe("where there is no answer", () => {
  test("asks again with the same token, so that DynamoDB does it once", async () => {
    answers = [lost(), failure("InternalServerError", 500), failure("TransactionInProgressException", 400), {}];
    expect(await outcome([put])).toBe("written");
    expect(new Set(tokens()).size).toBe(1);
    expect(asked).toHaveLength(4);
  });

  test.each<[string, Error]>([
    ["a time-out", lost()],
    ["an error of the server", failure("ServiceUnavailable", 503)],
    ["a broken connection", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
    ["an answer that cannot be read", failure("SyntaxError", 200)],
  ])("fails after four attempts with %s", async (_, error) => {
    answers = [error];
    expect(await outcome([put])).toEqual(["StoreUnavailable", undefined]);
    expect(asked).toHaveLength(4);
  });

  test("a condition that does not hold afterwards proves nothing: the lost attempt may have made it so", async () => {
    answers = [lost(), cancelled("ConditionalCheckFailed")];
    expect(await outcome([put])).toEqual(["StoreUnavailable", undefined]);
    expect(asked).toHaveLength(2);
  });

  test("others in the way afterwards are waited for, and nothing is claimed where they stay", async () => {
    answers = [lost(), cancelled("TransactionConflict"), {}];
    expect(await outcome([put])).toBe("written");
    expect(new Set(tokens()).size).toBe(1);
    answers = [lost(), cancelled("TransactionConflict")];
    expect(await outcome([put])).toEqual(["StoreUnavailable", undefined]);
    answers = [lost(), failure("ThrottlingException", 400)];
    expect(await outcome([put])).toEqual(["StoreUnavailable", undefined]);
  });
});

test.each(["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"])(
  "%s did nothing: it is tried again, and given up as a conflict",
  async (name) => {
    answers = [failure(name, 400), {}];
    expect(await outcome([put])).toBe("written");
    answers = [failure(name, 400)];
    expect(await outcome([put])).toEqual(["StoreConflict", []]);
  },
);

test.each(["AccessDeniedException", "ResourceNotFoundException", "ValidationException", "CredentialsProviderError"])(
  "fails at once with %s, for every operation",
  async (name) => {
    answers = [failure(name, name === "CredentialsProviderError" ? undefined : 400)];
    expect(await outcome([put])).toEqual(["StoreUnavailable", undefined]);
    await expect(store.read([key])).rejects.toThrow(
      `DynamoDB did not read state: ${name}: ${name} as DynamoDB says it`,
    );
    await expect(store.list("p", "", 1)).rejects.toThrow(`DynamoDB did not list state: ${name}: `);
    await expect(store.identity()).rejects.toMatchObject({ name: "StoreUnavailable" });
    expect(asked).toHaveLength(4);
  },
);

describe("reading", () => {
  const item = (sort: string, more: object = {}) => ({
    pk: { S: "p" },
    sk: { S: sort },
    value: { S: '"v"' },
    version: { N: "1" },
    ...more,
  });
  const keys = ["a", "b"].map((sort) => ({ partition: "p", sort }));

  test("is consistent, and asks for what was left out until it has it", async () => {
    const left = { Keys: [{ pk: { S: "p" }, sk: { S: "b" } }], ConsistentRead: true };
    answers = [
      { Responses: { state: [item("a")] }, UnprocessedKeys: { state: left } },
      { Responses: { state: [item("b")] } },
    ];
    expect((await store.read(keys)).map((found) => found?.key.sort)).toEqual(["a", "b"]);
    expect(asked.map(({ input }) => input)).toMatchObject([
      { RequestItems: { state: { ConsistentRead: true } } },
      { RequestItems: { state: left } },
    ]);
    expect(asked[0]).toBeInstanceOf(BatchGetItemCommand);
  });

  test("fails when something stays left out: it is not taken for absent", async () => {
    const left = { state: { Keys: [{ pk: { S: "p" }, sk: { S: "b" } }] } };
    answers = [{ Responses: { state: [item("a")] }, UnprocessedKeys: left }];
    await expect(store.read(keys)).rejects.toThrow("DynamoDB did not read state: 1 of 2 keys stayed unprocessed");
    expect(asked).toHaveLength(4);
  });

  test("does not see what has expired, which DynamoDB deletes late", async () => {
    const items = [item("a", { expiresAt: { N: `${NOW}` } }), item("b", { expiresAt: { N: `${NOW + 1}` } })];
    answers = [{ Responses: { state: items } }];
    expect(await store.read(keys)).toEqual([undefined, { key: keys[1], value: "v", version: 1, expiresAt: NOW + 1 }]);
  });

  test("a list goes on behind what has expired, consistently", async () => {
    const LastEvaluatedKey = { pk: { S: "p" }, sk: { S: "a" } };
    answers = [{ Items: [item("a", { expiresAt: { N: "1" } })], LastEvaluatedKey }, { Items: [item("b")] }];
    expect((await store.list("p", "", 1)).map((found) => found.key.sort)).toEqual(["b"]);
    expect(asked[0]).toBeInstanceOf(QueryCommand);
    expect(asked.map(({ input }) => input)).toMatchObject([
      { ConsistentRead: true },
      { ExclusiveStartKey: LastEvaluatedKey },
    ]);
  });

  test("fails when the table has something else in it", async () => {
    answers = [{ Responses: { state: [{ pk: { S: "p" }, sk: { S: "a" }, text: { S: "x" } }] } }];
    await expect(store.read(keys)).rejects.toThrow("the table has an item that the store did not write: p a");
  });
});

describe("the name of the store", () => {
  const table = (more: object) => ({ Table: { TableArn: "arn:table/state", ...more } });

  test("is that of the table, not of what is called so, and is asked for once a minute", async () => {
    answers = [table({ TableId: "id-1" })];
    expect(await store.identity()).toBe("dynamodb:arn:table/state:id-1");
    expect(await store.identity()).toBe("dynamodb:arn:table/state:id-1");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeInstanceOf(DescribeTableCommand);
    jest.spyOn(performance, "now").mockReturnValue(performance.now() + 60_001);
    answers = [table({ TableId: "id-2" })];
    expect(await store.identity()).toBe("dynamodb:arn:table/state:id-2");
    jest.restoreAllMocks();
  });

  test("is asked for once by many at a time", async () => {
    answers = [table({ TableId: "id-1" })];
    const names = await Promise.all(Array.from({ length: 200 }, () => store.identity()));
    expect(new Set(names)).toEqual(new Set(["dynamodb:arn:table/state:id-1"]));
    expect(asked).toHaveLength(1);
  });

  test("is asked for again after it could not be read", async () => {
    answers = [failure("AccessDeniedException", 400), table({ TableId: "id-1" })];
    await expect(store.identity()).rejects.toThrow("DynamoDB did not describe state");
    expect(await store.identity()).toBe("dynamodb:arn:table/state:id-1");
  });

  test("says when the table was made, where it has no id", async () => {
    answers = [table({ CreationDateTime: new Date(0) })];
    expect(await store.identity()).toBe("dynamodb:arn:table/state:1970-01-01T00:00:00.000Z");
  });

  test("fails when nothing tells the table from another", async () => {
    answers = [table({})];
    await expect(store.identity()).rejects.toThrow("DynamoDB does not say which table state is");
  });
});
