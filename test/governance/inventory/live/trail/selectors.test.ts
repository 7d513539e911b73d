import { isSelected, type Recorded } from "../../../../../governance/inventory/live/trail/selected";
import { selectorsIn } from "../../../../../governance/inventory/live/trail/selectors";

const TABLE = "arn:aws:dynamodb:eu-central-1:111122223333:table/notes";
const OBJECTS = "arn:aws:s3:::acme-kb/articles/";
const asked = (type: Recorded["type"], arn: string, ...actions: readonly string[]): Recorded => ({
  type,
  arn,
  actions,
});
const READ = asked("AWS::S3::Object", OBJECTS, "s3:GetObject");
const WRITE = asked("AWS::S3::Object", OBJECTS, "s3:AbortMultipartUpload", "s3:PutObject");
const LIST = asked("AWS::S3::Object", OBJECTS, "s3:ListBucket");
const QUERY = asked("AWS::DynamoDB::Table", TABLE, "dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query");
const PUT = asked("AWS::DynamoDB::Table", TABLE, "dynamodb:PutItem", "dynamodb:UpdateItem");
const ALL = { READ, WRITE, LIST, QUERY, PUT };

const basic = (ReadWriteType: string, Type: string, ...Values: readonly string[]) => ({
  EventSelectors: [{ ReadWriteType, IncludeManagementEvents: true, DataResources: [{ Type, Values }] }],
});
const advanced = (Type: string, ...more: readonly object[]) => ({
  AdvancedEventSelectors: [
    {
      Name: "data",
      FieldSelectors: [
        { Field: "eventCategory", Equals: ["Data"] },
        { Field: "resources.type", Equals: [Type] },
        ...more,
      ],
    },
  ],
});
const arns = (condition: object) => ({ Field: "resources.ARN", ...condition });
const S3 = "AWS::S3::Object";
const DYNAMODB = "AWS::DynamoDB::Table";

describe("a trail writes down every call", () => {
  test.each<[string, object, readonly (keyof typeof ALL)[]]>([
    ["of all buckets", basic("All", S3, "arn:aws:s3"), ["READ", "WRITE", "LIST"]],
    ["of all buckets, by an empty name", basic("All", S3, "arn:aws:s3:::"), ["READ", "WRITE", "LIST"]],
    ["of a bucket", basic("All", S3, "arn:aws:s3:::acme-kb/"), ["READ", "WRITE", "LIST"]],
    ["that reads a bucket", basic("ReadOnly", S3, "arn:aws:s3:::acme-kb/"), ["READ", "LIST"]],
    ["that writes a bucket", basic("WriteOnly", S3, "arn:aws:s3:::acme-kb/"), ["WRITE"]],
    ["of a prefix, but for listings", basic("All", S3, OBJECTS), ["READ", "WRITE"]],
    ["of a prefix above", basic("All", S3, "arn:aws:s3:::acme-kb/art"), ["READ", "WRITE"]],
    ["of all tables", basic("All", DYNAMODB, "arn:aws:dynamodb"), ["QUERY", "PUT"]],
    ["of a table", basic("All", DYNAMODB, TABLE), ["QUERY", "PUT"]],
    ["that writes a table", basic("WriteOnly", DYNAMODB, TABLE), ["PUT"]],
    ["of all objects, by an advanced selector", advanced(S3), ["READ", "WRITE", "LIST"]],
    [
      "of a prefix, by an advanced selector",
      advanced(S3, arns({ StartsWith: ["arn:aws:s3:::x/", OBJECTS] })),
      ["READ", "WRITE"],
    ],
    [
      "that reads",
      advanced(S3, { Field: "readOnly", Equals: ["true"] }, arns({ StartsWith: ["arn:aws:s3:::acme-kb/"] })),
      ["READ", "LIST"],
    ],
    ["that writes", advanced(DYNAMODB, { Field: "readOnly", Equals: ["false"] }), ["PUT"]],
    ["of a table, by an advanced selector", advanced(DYNAMODB, arns({ Equals: ["x", TABLE] })), ["QUERY", "PUT"]],
    [
      "of tables, by what their ARNs begin with",
      advanced(DYNAMODB, arns({ StartsWith: [TABLE.slice(0, -3)] })),
      ["QUERY", "PUT"],
    ],
    [
      "as an event PutEventSelectors names members",
      {
        trailName: "agents",
        advancedEventSelectors: [
          {
            fieldSelectors: [
              { field: "eventCategory", equals: ["Data"], startsWith: null },
              { field: "resources.type", equals: [DYNAMODB], notEquals: [] },
              { field: "resources.ARN", equals: [TABLE] },
            ],
          },
        ],
      },
      ["QUERY", "PUT"],
    ],
  ])("%s", (_, answer, taken) => {
    const selectors = selectorsIn(answer);
    const found = Object.entries(ALL).flatMap(([name, one]) => (isSelected(one, selectors ?? []) ? [name] : []));
    expect(found).toEqual(taken);
  });
});

describe("does not take for all calls", () => {
  test.each<[string, object]>([
    ["management events alone", { EventSelectors: [{ ReadWriteType: "All", DataResources: [] }] }],
    ["another bucket", basic("All", S3, "arn:aws:s3:::acme-k/")],
    ["another prefix", basic("All", S3, "arn:aws:s3:::acme-kb/articles/a")],
    ["a bucket without its slash", basic("All", S3, "arn:aws:s3:::acme-kb")],
    ["another table", basic("All", DYNAMODB, `${TABLE}-old`)],
    ["a table of another region", basic("All", DYNAMODB, TABLE.replace("central", "west"))],
    ["a table of another account", basic("All", DYNAMODB, TABLE.replace("1111", "9999"))],
    ["what a table begins with, in a basic selector", basic("All", DYNAMODB, TABLE.slice(0, -1))],
    ["functions", basic("All", "AWS::Lambda::Function", "arn:aws:lambda")],
    [
      "values that are no texts",
      { EventSelectors: [{ ReadWriteType: "All", DataResources: [{ Type: S3, Values: 1 }] }] },
    ],
    ["neither reads nor writes", basic("None", S3, "arn:aws:s3")],
    ["one object", advanced(S3, arns({ Equals: [OBJECTS] }))],
    ["objects but for some", advanced(S3, arns({ NotStartsWith: ["arn:aws:s3:::acme-log/"] }))],
    ["two conditions on one field", advanced(S3, arns({ StartsWith: [OBJECTS], NotEndsWith: ["/secret"] }))],
    ["two selections of ARNs", advanced(S3, arns({ StartsWith: [OBJECTS] }), arns({ StartsWith: ["arn:aws:s3:::x"] }))],
    [
      "two selections of ARNs, of which the second is it",
      advanced(S3, arns({ StartsWith: ["arn:aws:s3:::x"] }), arns({ StartsWith: [OBJECTS] })),
    ],
    ["one kind of call", advanced(S3, { Field: "eventName", Equals: ["GetObject"] })],
    ["all but one kind of call", advanced(S3, { Field: "eventName", NotEquals: ["GetObject"] })],
    ["one caller", advanced(S3, { Field: "userIdentity.arn", StartsWith: ["arn:aws:sts:"] })],
    ["a field that is not known", advanced(DYNAMODB, { Field: "vpcEndpointId", Equals: ["vpce-1"] })],
    ["an operator that is not known", advanced(DYNAMODB, arns({ Contains: [TABLE] }))],
    ["no values", advanced(DYNAMODB, arns({ Equals: [] }))],
    ["network events", { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: "resources.type", Equals: [S3] }] }] }],
    [
      "another category",
      {
        AdvancedEventSelectors: [
          {
            FieldSelectors: [
              { Field: "eventCategory", Equals: ["NetworkActivity"] },
              { Field: "resources.type", Equals: [S3] },
            ],
          },
        ],
      },
    ],
  ])("%s", (_, answer) => {
    const selectors = selectorsIn(answer) ?? [];
    expect(Object.values(ALL).filter((one) => isSelected(one, selectors))).toEqual([]);
  });
});

test("selectors of several kinds count together, each for its own", () => {
  const both = selectorsIn({
    EventSelectors: [
      ...basic("ReadOnly", S3, OBJECTS).EventSelectors,
      ...basic("WriteOnly", S3, "arn:aws:s3").EventSelectors,
    ],
  });
  expect([READ, WRITE, LIST].map((one) => isSelected(one, both ?? []))).toEqual([true, true, false]);
});

test.each<[string, unknown]>([
  ["nothing", {}],
  ["no object", "all"],
  ["selectors that are no list", { EventSelectors: { ReadWriteType: "All" } }],
  ["advanced ones that are no list", { EventSelectors: [], AdvancedEventSelectors: "all" }],
])("selectors are not known where an answer has %s", (_, answer) => {
  expect(selectorsIn(answer)).toBeUndefined();
});
