import { callsInEvent } from "../../../../cli/live/trail/calls-in-event";

const ROLE = "arn:aws:iam::111122223333:role/ambit/agents/prod/prod.triage";
const SESSION = {
  type: "AssumedRole",
  arn: "arn:aws:sts::111122223333:assumed-role/prod.triage/5f0c6a52",
  sessionContext: { sessionIssuer: { type: "Role", arn: ROLE } },
};
const PREFIXES = new Set(["acme-kb/articles/", "acme-ci/logs/"]);

const eventOf = (service: string, eventName: string, requestParameters: object | null, change: object = {}) => ({
  ...{ eventTime: "2027-01-10T08:00:00Z", eventSource: `${service}.amazonaws.com`, eventName },
  ...{ eventCategory: "Data", managementEvent: false, userIdentity: SESSION, requestParameters },
  ...change,
});
const found = (event: Readonly<Record<string, unknown>>) => callsInEvent(event, PREFIXES);
/** `action target`, with a question mark where it is not certain, without those of the service at all */
const asked = (event: Readonly<Record<string, unknown>>): readonly string[] =>
  found(event).flatMap(({ action, target = "anything", isPerhaps }) =>
    target === "" ? [] : [`${action} ${target}${isPerhaps === true ? "?" : ""}`],
  );
const KB = { bucketName: "acme-kb" };

describe("an event on objects asks for", () => {
  test.each<[string, string, object | null, readonly string[]]>([
    ["an object", "GetObject", { ...KB, key: "articles/a/1" }, ["s3:GetObject acme-kb/articles/"]],
    ["nothing of other objects", "GetObject", { ...KB, key: "digests/1" }, []],
    ["nothing of what is named like it", "GetObject", { ...KB, key: "articles" }, []],
    ["an object whose key is encoded", "GetObject", { ...KB, key: "articles%2F1" }, ["s3:GetObject acme-kb/articles/"]],
    [
      "an object whose key cannot be decoded",
      "GetObject",
      { ...KB, key: "articles/%" },
      ["s3:GetObject acme-kb/articles/"],
    ],
    ["a listing", "ListObjects", { ...KB, prefix: "articles/2027" }, ["s3:ListBucket acme-kb/articles/"]],
    [
      "perhaps it, by a listing from above",
      "ListObjects",
      { ...KB, prefix: "art" },
      ["s3:ListBucket acme-kb/articles/?"],
    ],
    ["perhaps it, by a listing of all", "ListObjects", KB, ["s3:ListBucket acme-kb/articles/?"]],
    ["perhaps it, by deleting what is not told", "DeleteObjects", KB, ["s3:DeleteObject acme-kb/articles/?"]],
    ["perhaps it, by a key that is not told", "PutObject", KB, ["s3:PutObject acme-kb/articles/?"]],
    ["any action, by another name", "SelectObjectContent", { ...KB, key: "articles/1" }, ["s3:* acme-kb/articles/"]],
    [
      "both ends of a copy",
      "CopyObject",
      { ...KB, key: "articles/1", "x-amz-copy-source": "/acme-ci/logs/1?versionId=2" },
      ["s3:PutObject acme-kb/articles/", "s3:GetObject acme-ci/logs/"],
    ],
    [
      "the source of a part",
      "UploadPartCopy",
      { bucketName: "other", key: "1", "x-amz-copy-source": "acme-kb/articles%2F1" },
      ["s3:GetObject acme-kb/articles/"],
    ],
    ["any source, where none is told", "CopyObject", { bucketName: "other", key: "1" }, ["s3:GetObject anything?"]],
    [
      "any bucket behind an access point",
      "GetObject",
      { bucketName: "arn:aws:s3:eu-central-1:111122223333:accesspoint/kb", key: "articles/1" },
      ["s3:GetObject anything?"],
    ],
    ["any bucket behind an alias", "GetObject", { bucketName: "kb-x1-s3alias", key: "1" }, ["s3:GetObject anything?"]],
    ["any bucket, where nothing is told", "GetObject", null, ["s3:GetObject anything?"]],
  ])("%s", (_, name, parameters, calls) => {
    expect(asked(eventOf("s3", name, parameters))).toEqual(calls);
  });

  test("the object that its resources name, behind an access point too", () => {
    const resources = [{ type: "AWS::S3::Object", ARN: "arn:aws:s3:::acme-kb/articles/1" }, null, { ARN: 1 }];
    const point = { bucketName: "kb-x1-s3alias", key: "1" };
    expect(asked(eventOf("s3", "GetObject", point, { resources }))).toEqual(["s3:GetObject acme-kb/articles/"]);
  });
});

describe("an event on items asks for", () => {
  const ARN = "arn:aws:dynamodb:eu-central-1:111122223333:table/notes";
  test.each<[string, string, object | null, readonly string[]]>([
    ["an item, by name", "GetItem", { tableName: "notes" }, ["dynamodb:GetItem notes"]],
    ["an item, by ARN", "PutItem", { tableName: ARN }, ["dynamodb:PutItem notes"]],
    ["an item of an index", "Query", { tableName: `${ARN}/index/by-day` }, ["dynamodb:Query notes"]],
    [
      "several tables",
      "BatchGetItem",
      { requestItems: { a: {}, b: {} } },
      ["dynamodb:BatchGetItem a", "dynamodb:BatchGetItem b"],
    ],
    [
      "what a transaction reads",
      "TransactGetItems",
      { transactItems: [{ get: { tableName: "notes" } }, 1] },
      ["dynamodb:GetItem notes"],
    ],
    [
      "any action of a transaction",
      "TransactWriteItems",
      { transactItems: [{ put: { tableName: ARN } }] },
      ["dynamodb:* notes"],
    ],
    ["any action on any table, by a statement", "ExecuteStatement", { statement: "x" }, ["dynamodb:* anything?"]],
    ["any table, where none is told", "GetItem", null, ["dynamodb:GetItem anything?"]],
  ])("%s", (_, name, parameters, calls) => {
    expect(asked(eventOf("dynamodb", name, parameters))).toEqual(calls);
  });

  test("the table that its resources name", () => {
    const resources = [{ type: "AWS::DynamoDB::Table", ARN }];
    expect(asked(eventOf("dynamodb", "ExecuteStatement", {}, { resources }))).toEqual(["dynamodb:* notes"]);
  });
});

test.each(["s3", "dynamodb"])(
  "each event of %s is a call at the service, and one of management is nothing more",
  (service) => {
    const parameters = { bucketName: "acme-kb", tableName: "notes" };
    const [data, byFlag, byCategory] = [{}, { managementEvent: true }, { eventCategory: "Management" }].map(
      (change) => found(eventOf(service, "DescribeTable", parameters, change)).length,
    );
    expect(data).toBeGreaterThan(1);
    expect([byFlag, byCategory]).toEqual([1, 1]);
  },
);

describe("whose call it is:", () => {
  const rolesOf = (userIdentity: unknown) =>
    found(eventOf("dynamodb", "GetItem", { tableName: "notes" }, { userIdentity })).map(({ role = "any" }) => role);
  test.each<[string, unknown, readonly string[]]>([
    ["of the session's role", SESSION, [ROLE, ROLE]],
    ["of any role, where the session does not tell it", { ...SESSION, sessionContext: {} }, ["any", "any"]],
    ["of any role, where the session has no ARN", { type: "AssumedRole" }, ["any", "any"]],
    ["of any role, where nothing is told", undefined, ["any", "any"]],
    ["of none, of a user", { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/jo" }, []],
    ["of none, of a service", { type: "AWSService", invokedBy: "x.amazonaws.com" }, []],
  ])("%s", (_, identity, roles) => {
    expect(rolesOf(identity)).toEqual(roles);
  });
});
