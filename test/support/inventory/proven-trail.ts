import { StandInTrail, trailKeyPair } from "../audit/stand-in-trail";
import { eventOf, NOW, PATH, type Printed, used } from "./live-world";

export const HOUR = 3_600;
/** Days that are asked about, and hours of the trail */
export const [DAYS, HOURS] = [1, 30];
export const TRAIL_ARN = "arn:aws:cloudtrail:eu-central-1:111122223333:trail/agents";
export const TRIAGE = `${PATH}prod.support-triage`;
/** Of all trails here: a pair takes longer than all else */
const KEYS = trailKeyPair();

/** A data event of a session of a role, some hours before now */
export function dataEvent(role: string, service: string, eventName: string, requestParameters: object, hoursAgo = 10) {
  const at = NOW - hoursAgo * HOUR;
  return {
    eventID: `${service}-${eventName}-${at}`,
    eventTime: new Date(at * 1_000).toISOString().replace(".000Z", "Z"),
    eventSource: `${service}.amazonaws.com`,
    ...{ eventName, eventCategory: "Data", managementEvent: false, requestParameters },
    userIdentity: {
      type: "AssumedRole",
      arn: `arn:aws:sts::111122223333:assumed-role/${role.slice(role.lastIndexOf("/") + 1)}/5f0c6a52`,
      sessionContext: { sessionIssuer: { type: "Role", arn: role } },
    },
  };
}

/** The role works, on data that no declaration of it has. */
const ELSEWHERE = [
  dataEvent(TRIAGE, "s3", "GetObject", { bucketName: "other", key: "1" }),
  dataEvent(TRIAGE, "dynamodb", "GetItem", { tableName: "other" }),
];

/** Hourly digests of a trail until the last full hour, each with one file; the events are in that of their hour. */
export function provenTrail(events: readonly Readonly<Record<string, unknown>>[] = [], region = "eu-central-1") {
  const since = NOW - HOURS * HOUR;
  const props = { bucket: "acme-trail", account: "111122223333", region, name: "agents", since };
  const trail = new StandInTrail(props, KEYS);
  const all = [...ELSEWHERE, ...events];
  for (let hour = 0; hour < HOURS - 1; hour++) {
    const from = since + hour * HOUR;
    const own = all.filter(({ eventTime }) => {
      const at = Date.parse(String(eventTime)) / 1_000;
      return from <= at && at < from + HOUR;
    });
    trail.deliver(own, from + 1_800);
    trail.digest(from + HOUR);
  }
  return { trail, objects: new Map(trail.delivered.map((object) => [object.key, object])) };
}
export type ProvenTrail = ReturnType<typeof provenTrail>;

const condition = (Field: string, Equals: string) => ({ Field, Equals: [Equals] });
export const SELECTORS = {
  TrailARN: TRAIL_ARN,
  AdvancedEventSelectors: ["AWS::S3::Object", "AWS::DynamoDB::Table"].map((type) => ({
    Name: type,
    FieldSelectors: [condition("eventCategory", "Data"), condition("resources.type", type)],
  })),
};
export const TRAIL = {
  ...{ Name: "agents", TrailARN: TRAIL_ARN, HomeRegion: "eu-central-1", IsMultiRegionTrail: true },
  ...{ S3BucketName: "acme-trail", LogFileValidationEnabled: true },
};

/** What AWS answers about that trail; access advisor tells that each service is used, and nothing of actions. */
export function answersAbout({ trail }: ProvenTrail, change: Printed = {}): Printed {
  return {
    "aws iam get-service-last-accessed-details": {
      JobStatus: "COMPLETED",
      ServicesLastAccessed: ["s3", "dynamodb", "secretsmanager"].map((service) => used(service)),
    },
    "aws cloudtrail list-public-keys": JSON.parse(trail.keys()) as object,
    "aws cloudtrail get-trail": { Trail: TRAIL },
    "aws cloudtrail get-trail-status": { IsLogging: true, LatestDeliveryError: "" },
    "aws cloudtrail get-event-selectors": SELECTORS,
    "aws s3api get-bucket-location": { LocationConstraint: "eu-central-1" },
    ...change,
  };
}

/** The event history, of this request to CloudTrail */
export function changed(eventName: string, requestParameters: object, hoursAgo: number, change: object = {}): Printed {
  const event = eventOf({
    ...{ eventName, eventSource: "cloudtrail.amazonaws.com", requestParameters },
    eventTime: new Date((NOW - hoursAgo * HOUR) * 1_000).toISOString(),
    ...change,
  });
  return {
    "aws cloudtrail lookup-events": (args) => ({
      Events: args.join(" ").includes(`AttributeValue=${eventName} `) ? [event] : [],
    }),
  };
}

/** Objects as a copy of the bucket has them, with metadata beside digests */
export function copiedFiles({
  objects,
}: Pick<ProvenTrail, "objects">): readonly (readonly [path: string, Buffer | string])[] {
  return [...objects.values()].flatMap(({ key, bytes, metadata }) => [
    [key, bytes] as const,
    ...(key.includes("Digest") ? [[`${key}.head.json`, JSON.stringify({ Metadata: metadata })] as const] : []),
  ]);
}
