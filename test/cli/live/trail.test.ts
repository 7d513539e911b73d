import { join } from "node:path";
import type { Comparison } from "../../../governance/inventory/live/comparison";
import { liveFolder } from "../../support/inventory/live-folder";
import { liveWorld, PATH, type Printed, used } from "../../support/inventory/live-world";

const { folder, dir, published } = liveFolder("inventory-trail");
const ROLES = { triage: `${PATH}prod.support-triage`, watcher: `${PATH}prod.build-watcher.summarise` };
const RECENT = "2027-01-10T08:00:00Z";
/** Access advisor tells that each service is used, and nothing of actions. */
const READING: Printed = {
  "aws iam get-service-last-accessed-details": {
    JobStatus: "COMPLETED",
    ServicesLastAccessed: ["s3", "dynamodb", "secretsmanager"].map((service) => used(service)),
  },
};

function eventOf(role: string, service: string, eventName: string, requestParameters: object, change: object = {}) {
  const name = role.slice(role.lastIndexOf("/") + 1);
  return {
    eventTime: RECENT,
    eventSource: `${service}.amazonaws.com`,
    eventName,
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::111122223333:assumed-role/${name}/5f0c6a52`,
      sessionContext: { sessionIssuer: { type: "Role", arn: role } },
    },
    requestParameters,
    ...change,
  };
}

let files = 0;
async function comparedWith(events: readonly object[], change: Printed = READING): Promise<Comparison> {
  const place = `trail-${files++}`;
  events.forEach((event, at) => folder.put(`${place}/${at}.json`, JSON.stringify({ Records: [event] })));
  return liveWorld({ dir, published }, change).compared("--trail", join(folder.path, place));
}
const inUse = ({ used: some }: Comparison) =>
  some.filter(({ by }) => by === "trail").map(({ agent, data, access }) => `${agent} ${data}:${access}`);

describe("a use that the files of a trail show is told:", () => {
  const { triage, watcher } = ROLES;
  test.each<[string, object, string]>([
    [
      "an object that is read",
      eventOf(triage, "s3", "GetObject", { bucketName: "acme-kb", key: "articles/a/1" }),
      "support-triage articles:read",
    ],
    [
      "an object whose head is read",
      eventOf(triage, "s3", "HeadObject", { bucketName: "acme-kb", key: "articles/1" }),
      "support-triage articles:read",
    ],
    [
      "objects that are listed",
      eventOf(watcher, "s3", "ListObjects", { bucketName: "acme-ci", prefix: "logs/2027/" }),
      "build-watcher build-logs:list",
    ],
    [
      "a part of an upload",
      eventOf(watcher, "s3", "UploadPart", { bucketName: "acme-kb", key: "digests/1" }),
      "build-watcher digests:write",
    ],
    [
      "an item, by the table's name",
      eventOf(triage, "dynamodb", "GetItem", { tableName: "conversations" }),
      "support-triage conversations:read",
    ],
    [
      "an item, by the table's ARN",
      eventOf(triage, "dynamodb", "PutItem", {
        tableName: "arn:aws:dynamodb:eu-central-1:111122223333:table/conversations",
      }),
      "support-triage conversations:write",
    ],
    [
      "items of several tables",
      eventOf(triage, "dynamodb", "BatchGetItem", { requestItems: { other: {}, conversations: {} } }),
      "support-triage conversations:read",
    ],
    [
      "an attempt that was refused",
      eventOf(triage, "dynamodb", "Query", { tableName: "conversations" }, { errorCode: "AccessDenied" }),
      "support-triage conversations:read",
    ],
  ])("%s", async (_, event, access) => {
    const found = await comparedWith([event]);
    expect([inUse(found), found.narrowings]).toEqual([[access], []]);
  });

  test("also where access advisor does not see it yet", async () => {
    const never = {
      JobStatus: "COMPLETED",
      ServicesLastAccessed: [used("s3"), used("dynamodb", {}), used("secretsmanager")],
    };
    const { narrowings } = await comparedWith(
      [eventOf(triage, "dynamodb", "GetItem", { tableName: "conversations" })],
      {
        "aws iam get-service-last-accessed-details": never,
      },
    );
    const unused = narrowings.flatMap((one) => one.unused).map(({ data, access }) => `${data}:${access}`);
    expect(unused).toContain("conversations:write");
    expect(unused).not.toContain("conversations:read");
  });
});

describe("files of a trail that show no use make nothing used, and nothing unused:", () => {
  const { triage, watcher } = ROLES;
  test.each<[string, object]>([
    ["an object outside the prefix", eventOf(triage, "s3", "GetObject", { bucketName: "acme-kb", key: "article/1" })],
    ["an object of another bucket", eventOf(triage, "s3", "GetObject", { bucketName: "acme-k", key: "b/articles/1" })],
    ["all objects that are listed", eventOf(watcher, "s3", "ListObjects", { bucketName: "acme-ci" })],
    ["another action", eventOf(triage, "s3", "PutObject", { bucketName: "acme-kb", key: "articles/1" })],
    ["another table", eventOf(triage, "dynamodb", "GetItem", { tableName: "conversations-old" })],
    ["a role that has no such data", eventOf(watcher, "dynamodb", "GetItem", { tableName: "conversations" })],
    [
      "a call before the days",
      eventOf(triage, "dynamodb", "GetItem", { tableName: "conversations" }, { eventTime: "2026-01-01T00:00:00Z" }),
    ],
    ["a call without time", eventOf(triage, "dynamodb", "GetItem", { tableName: "conversations" }, { eventTime: "" })],
    [
      "a user",
      eventOf(
        triage,
        "dynamodb",
        "GetItem",
        { tableName: "conversations" },
        { userIdentity: { type: "IAMUser", arn: "arn:aws:iam::111122223333:user/jo" } },
      ),
    ],
    ["an event of another service", eventOf(triage, "sqs", "GetItem", { tableName: "conversations" })],
  ])("%s", async (_, event) => {
    const found = await comparedWith([event]);
    expect([inUse(found), found.narrowings, found.notAsked]).toEqual([[], [], {}]);
    expect(found.unknown.find(({ data }) => data === "conversations")?.because).toMatch(
      /by itself; the trail shows no use, which is no proof: there are no digests: name the folder/,
    );
  });
});

test.each([
  ["no JSON", "0.json", "{", "must be a file of CloudTrail, with a list Records: name the folder that has these alone"],
  ["not gzip", "0.json.gz", "\u001f{", "cannot be read"],
])("fails where a file is %s, and the rest is told", async (what, file, text, why) => {
  const place = `broken-${what.replace(" ", "-")}`;
  folder.put(`${place}/${file}`, text);
  const { code, stdout, stderr } = await liveWorld({ dir, published }, READING).live(
    ...["--json", "--trail", join(folder.path, place), ...published],
  );
  const { notAsked, missing, narrowings } = JSON.parse(stdout) as Comparison;
  expect([code, Object.keys(notAsked), missing, narrowings]).toEqual([1, ["trail"], [], []]);
  expect(notAsked.trail).toContain(why);
  expect(stderr).toContain("ambit: trail could not be asked, or not about all");
});

test("fails where there is no such folder", async () => {
  const found = await liveWorld({ dir, published }, READING).compared("--trail", join(folder.path, "none"));
  expect(Object.keys(found.notAsked)).toEqual(["trail"]);
});
