import { proofWorld } from "../../../support/inventory/proof";
import { eventOf, NOW, type Printed } from "../../../support/inventory/live-world";
import {
  changed,
  dataEvent,
  HOUR,
  provenTrail,
  SELECTORS,
  TRAIL,
  TRAIL_ARN,
  TRIAGE,
} from "../../../support/inventory/proven-trail";

const { compared } = proofWorld("inventory-proof");
const READ = dataEvent(TRIAGE, "dynamodb", "GetItem", { tableName: "conversations" });
const UNUSED = ["articles:read", "conversations:write"];

test("what a whole trail writes down and does not show is proposed to be taken away, for each bucket, table and kind", async () => {
  const { code, unused, found } = await compared(provenTrail([READ]));
  expect([code, unused, found.notAsked]).toEqual([0, UNUSED, {}]);
  expect(found.narrowings.filter(({ agent }) => agent === "support-triage")).toMatchObject([
    {
      before: "data: [articles.read(), conversations.readWrite(), tickets.readWrite()]",
      after: "data: [conversations.read(), tickets.readWrite()]",
    },
  ]);
  expect(found.narrowings.flatMap(({ unused: some }) => some.map(({ because }) => because))).toContain(
    `GetObject not called on it since 2027-01-14, by the digests of agents`,
  );
});

test("an event that is told twice, in one file and in two, changes nothing", async () => {
  const { trail, objects } = provenTrail([READ, READ]);
  const again = trail.deliver([READ], NOW - HOUR + 60);
  const digest = trail.digest(NOW);
  for (const object of [again, digest]) objects.set(object.key, object);
  const { code, unused } = await compared({ trail, objects });
  expect([code, unused]).toEqual([0, UNUSED]);
});

test("a file that no digest has yet shows a use", async () => {
  const { trail, objects } = provenTrail([READ]);
  const late = trail.deliver(
    [dataEvent(TRIAGE, "s3", "GetObject", { bucketName: "acme-kb", key: "articles/1" }, 0)],
    NOW,
  );
  objects.set(late.key, late);
  const { code, unused } = await compared({ trail, objects });
  expect([code, unused]).toEqual([0, ["conversations:write"]]);
});

test("files from before the days are not read, nor are their digests", async () => {
  const of = provenTrail([READ]);
  const early = [...of.objects.values()].find(({ key }) => !key.includes("Digest"));
  of.objects.set(early?.key ?? "", { key: early?.key ?? "", bytes: Buffer.from("broken"), metadata: {} });
  expect((await compared(of)).unused).toEqual(UNUSED);
});

test("keys are asked for in the region of digests, and what the trail writes down in that of the trail", async () => {
  const { ran } = await compared(provenTrail([READ]));
  const asked = ran.filter((one) => /list-public-keys|get-event-selectors|StopLogging/.test(one));
  expect(asked).toEqual([
    "aws cloudtrail list-public-keys --region=eu-central-1 --start-time 2027-01-13T08:00:00.000Z --end-time 2027-01-15T08:00:00.000Z --output json",
    `aws cloudtrail get-event-selectors --region=eu-central-1 --trail-name=${TRAIL_ARN} --output json`,
    "aws cloudtrail lookup-events --region eu-central-1 --lookup-attributes AttributeKey=EventName,AttributeValue=StopLogging --start-time 2026-10-17T08:00:00.000Z --page-size 50 --max-items 100 --output json",
  ]);
});

describe("nothing is unused, and the exit code is 1,", () => {
  const status = (change: object): Printed => ({ "aws cloudtrail get-trail-status": { IsLogging: true, ...change } });
  const trail = (change: object): Printed => ({ "aws cloudtrail get-trail": { Trail: { ...TRAIL, ...change } } });
  test.each<[string, Printed, string]>([
    [
      "where AWS tells no keys",
      { "aws cloudtrail list-public-keys": "denied" },
      "list-public-keys ended with 254: denied",
    ],
    ["where there are no keys", { "aws cloudtrail list-public-keys": { PublicKeyList: [] } }, "must hold public keys"],
    [
      "where AWS tells nothing of the trail",
      { "aws cloudtrail get-trail": "denied" },
      "get-trail ended with 254: denied",
    ],
    [
      "where AWS tells of another trail",
      trail({ TrailARN: `${TRAIL_ARN}-2` }),
      `AWS answers about ${TRAIL_ARN}-2, asked for`,
    ],
    [
      "where the trail delivers to another bucket",
      trail({ S3BucketName: "other" }),
      "delivers to the bucket other, and its digests to acme-trail",
    ],
    ["where it is set to write no digests", trail({ LogFileValidationEnabled: false }), "is set to write no digests"],
    ["where it is switched off", status({ IsLogging: false }), "is switched off"],
    ["where it cannot deliver", status({ LatestDeliveryError: "AccessDenied" }), "cannot deliver: AccessDenied"],
    [
      "where it cannot deliver digests",
      status({ LatestDigestDeliveryError: "NoSuchBucket" }),
      "cannot deliver: NoSuchBucket",
    ],
    [
      "where AWS does not tell what it writes down",
      { "aws cloudtrail get-event-selectors": { TrailARN: TRAIL_ARN } },
      `AWS does not tell what ${TRAIL_ARN} writes down`,
    ],
    [
      "where the event history is not told",
      { "aws cloudtrail lookup-events": "denied" },
      "lookup-events ended with 254",
    ],
    [
      "where a bucket's region is not told",
      { "aws s3api get-bucket-location": "denied" },
      "get-bucket-location ended with 254",
    ],
    [
      "where a bucket's region is none",
      { "aws s3api get-bucket-location": {} },
      "AWS does not tell the region of the bucket acme-kb",
    ],
  ])("%s", async (what, change, why) => {
    const found = await compared(provenTrail([READ]), change);
    expect([found.code, found.unused]).toEqual([1, what.includes("region") ? ["conversations:write"] : []]);
    expect(found.why).toContain(why);
    expect(found.stderr).toContain("ambit: ");
  });
});

describe("a bucket's events are looked for in its region:", () => {
  test.each<[string, string | null]>([
    ["us-east-1", null],
    ["eu-west-1", "EU"],
    ["us-west-2", "us-west-2"],
  ])("%s", async (region, LocationConstraint) => {
    const answer = { "aws s3api get-bucket-location": { LocationConstraint } };
    const { code, unused, why } = await compared(provenTrail([READ]), answer);
    expect([code, unused]).toEqual([0, ["conversations:write"]]);
    expect(why).toContain(`the trail has no digests of ${region}`);
  });
});

describe("a change of the trail", () => {
  const name = { name: "agents" };
  const past = (params: object, hours: number, change = {}) => changed("PutEventSelectors", params, hours, change);
  const selected = { trailName: TRAIL_ARN, advancedEventSelectors: SELECTORS.AdvancedEventSelectors };
  test.each<[string, Printed]>([
    ["within the days", past({ trailName: "agents" }, 5)],
    ["that switches it off", changed("StopLogging", name, 5)],
    ["that switches it on", changed("StartLogging", { name: TRAIL_ARN }, 5)],
    ["that updates it", changed("UpdateTrail", { name: "Agents" }, 5)],
    ["that creates it", changed("CreateTrail", name, 5)],
    ["that deletes it", changed("DeleteTrail", name, 5)],
    ["that does not tell which trail", changed("StopLogging", {}, 5)],
    ["within an hour before the days", past(selected, 24.5)],
    ["whose selectors take less", past({ ...selected, advancedEventSelectors: [] }, 26)],
  ])("%s leaves unknown what it wrote down before", async (what, change) => {
    const { code, unused, why } = await compared(provenTrail([READ]), change);
    expect([code, unused]).toEqual([0, []]);
    expect(why).toContain(what.includes("take less") ? "did not always write down" : "writes down is known since");
  });

  test.each<[string, Printed]>([
    ["before the days", past(selected, 26)],
    ["of another trail", past({ trailName: "others" }, 5)],
    ["of another trail of this name", past({ trailName: TRAIL_ARN.replace("1111", "9999") }, 5)],
    ["that was refused", past(selected, 5, { errorCode: "AccessDenied" })],
    ["of another service", past(selected, 5, { eventSource: "other.amazonaws.com" })],
    ["of another kind", { "aws cloudtrail lookup-events": { Events: [eventOf()] } }],
  ])("%s leaves it known", async (_, change) => {
    const { unused } = await compared(provenTrail([READ]), change);
    expect(unused).toEqual(UNUSED);
  });
});

describe("what the trail does not write down stays unknown:", () => {
  const [objects, tables] = SELECTORS.AdvancedEventSelectors;
  test.each<[string, readonly object[], readonly string[]]>([
    ["objects", [tables ?? {}], ["conversations:write"]],
    ["items", [objects ?? {}], ["articles:read"]],
    ["all", [], []],
  ])("%s", async (_, AdvancedEventSelectors, unused) => {
    const answer = { "aws cloudtrail get-event-selectors": { TrailARN: TRAIL_ARN, AdvancedEventSelectors } };
    const found = await compared(provenTrail([READ]), answer);
    expect([found.code, found.unused]).toEqual([0, unused]);
  });
});
