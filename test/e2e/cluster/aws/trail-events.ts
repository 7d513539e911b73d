import { createHash } from "node:crypto";
import { ACCOUNT } from "./account";
import type { AwsCall } from "./calls";

type Fields = Readonly<Record<string, unknown>>;

/** An event of CloudTrail, in its fields */
export interface TrailRecord extends Fields {
  readonly eventCategory: "Data" | "Management";
  readonly eventTime: string;
  readonly resources: readonly { readonly type: string; readonly ARN: string }[];
}

const REGION = "eu-central-1";
const DOMAIN = `s3.${REGION}.amazonaws.com`;
const OBJECT_EVENTS: Readonly<Record<string, string>> = {
  DELETE: "DeleteObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  PUT: "PutObject",
};
const ERRORS: Readonly<Record<number, string>> = { 403: "AccessDenied", 404: "NoSuchKey" };

/**
 * What CloudTrail would write down of requests that arrived at the front of AWS: sessions of STS, and objects of S3, each with the
 * session that it was signed by. From where a request came the front does not see.
 *
 * Source: CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity element"; IAM User Guide, "Logging IAM and
 * AWS STS API calls with CloudTrail"
 */
export function trailRecords(arrived: readonly AwsCall[]): readonly TrailRecord[] {
  const sessions = new Map(arrived.map(sessionOf).filter((session) => session !== undefined));
  return arrived.flatMap((call) => {
    const event = call.host.startsWith("sts.") ? assumedRole(call) : objectEvent(call);
    const session = sessions.get(call.key ?? "");
    if (event === undefined || session === undefined) return [];
    return [{ ...common(call), userIdentity: session, ...event }];
  });
}

type Event = Fields & Pick<TrailRecord, "eventCategory" | "resources">;

function common({ at, key, path, userAgent, status }: AwsCall) {
  const id = createHash("sha256").update(`${at} ${key} ${path}`).digest("hex");
  return {
    eventVersion: "1.11",
    eventTime: isoOf(at),
    awsRegion: REGION,
    sourceIPAddress: "0.0.0.0",
    userAgent: `[${userAgent}]`,
    requestID: id.slice(0, 16).toUpperCase(),
    eventID: [8, 4, 4, 4, 12].map((size, part) => id.slice(part * 12, part * 12 + size)).join("-"),
    eventType: "AwsApiCall",
    recipientAccountId: ACCOUNT,
    ...(status >= 400 && { errorCode: ERRORS[status] ?? "InternalError" }),
  };
}

function assumedRole({ form, answer }: AwsCall): Event | undefined {
  if (form.get("Action") !== "AssumeRole") return undefined;
  const asked = (name: string): string => form.get(name) ?? "";
  const given = (name: string): string => new RegExp(`<${name}>([^<]+)<`).exec(answer)?.[1] ?? "";
  const tags = [...form.keys()].flatMap((name) => {
    const [, at] = /^Tags\.member\.(\d+)\.Key$/.exec(name) ?? [];
    return at === undefined ? [] : [{ key: asked(name), value: asked(`Tags.member.${at}.Value`) }];
  });
  return {
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    eventCategory: "Management",
    managementEvent: true,
    readOnly: true,
    requestParameters: {
      roleArn: asked("RoleArn"),
      roleSessionName: asked("RoleSessionName"),
      sourceIdentity: asked("SourceIdentity"),
      durationSeconds: Number(asked("DurationSeconds")),
      policy: asked("Policy"),
      tags,
    },
    responseElements: {
      credentials: { accessKeyId: given("AccessKeyId"), expiration: given("Expiration") },
      assumedRoleUser: { assumedRoleId: given("AssumedRoleId"), arn: given("Arn") },
      sourceIdentity: asked("SourceIdentity"),
    },
    resources: [{ accountId: ACCOUNT, type: "AWS::IAM::Role", ARN: asked("RoleArn") }] as never,
  };
}

function objectEvent({ host, method, path }: AwsCall): Event | undefined {
  const eventName = OBJECT_EVENTS[method];
  const url = new URL(path, `https://${host}`);
  const names = decodeURIComponent(url.pathname).slice(1);
  const [bucket = "", ...rest] = host === DOMAIN ? names.split("/") : [host.replace(`.${DOMAIN}`, ""), names];
  const key = rest.join("/");
  if (eventName === undefined || key === "") return undefined;
  const arn = `arn:aws:s3:::${bucket}`;
  return {
    eventSource: "s3.amazonaws.com",
    eventName,
    eventCategory: "Data",
    managementEvent: false,
    readOnly: method === "GET" || method === "HEAD",
    requestParameters: { bucketName: bucket, Host: host, key },
    responseElements: null,
    resources: [
      { type: "AWS::S3::Object", ARN: `${arn}/${key}` },
      { accountId: ACCOUNT, type: "AWS::S3::Bucket", ARN: arn } as never,
    ],
  };
}

/** By the id of its access key, the session that STS gave */
function sessionOf({ at, form, answer }: AwsCall): readonly [key: string, session: Fields] | undefined {
  const given = (name: string): string | undefined => new RegExp(`<${name}>([^<]+)<`).exec(answer)?.[1];
  const [key, arn, principalId] = [given("AccessKeyId"), given("Arn"), given("AssumedRoleId")];
  if (key === undefined || arn === undefined) return undefined;
  const role = form.get("RoleArn") ?? "";
  const sourceIdentity = form.get("SourceIdentity");
  const sessionIssuer = {
    type: "Role",
    principalId: principalId?.split(":")[0],
    arn: role,
    accountId: ACCOUNT,
    userName: role.split("/").at(-1),
  };
  const sessionContext = {
    sessionIssuer,
    attributes: { creationDate: isoOf(at), mfaAuthenticated: "false" },
    ...(sourceIdentity !== null && { sourceIdentity }),
  };
  return [key, { type: "AssumedRole", principalId, arn, accountId: ACCOUNT, accessKeyId: key, sessionContext }];
}

function isoOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
