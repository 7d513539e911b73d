import { isRecord } from "../../../domain/is-record";
import { type EventNode, nodeOf, textOf } from "../../audit/cloudtrail/role-session";
import type { AskedFor } from "./calls-in-event";

/**
 * Actions that requests for objects need, by the names of their events
 * Source: S3 User Guide, "Amazon S3 CloudTrail events" and "Required permissions for Amazon S3 API operations"
 */
const ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  CompleteMultipartUpload: "s3:PutObject",
  CopyObject: "s3:PutObject",
  CreateMultipartUpload: "s3:PutObject",
  DeleteObject: "s3:DeleteObject",
  DeleteObjects: "s3:DeleteObject",
  GetObject: "s3:GetObject",
  HeadBucket: "s3:ListBucket",
  HeadObject: "s3:GetObject",
  ListObjects: "s3:ListBucket",
  PutObject: "s3:PutObject",
  UploadPart: "s3:PutObject",
  UploadPartCopy: "s3:PutObject",
};

/** Of these the object named is the one written, and the one read stands in a header. */
const COPIES: ReadonlySet<string> = new Set(["CopyObject", "UploadPartCopy"]);
const SOURCE = "x-amz-copy-source";
const OBJECT = /^arn:[a-z-]+:s3:::([^/]+\/.*)$/s;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Other names for a bucket (S3 User Guide, on aliases of access points) */
const ALIAS = /(?:-s3alias|--ol-s3)$/;

/** What an event of S3 on objects asks for of these places; without target where it does not tell the bucket */
export function objectCalls(event: EventNode, prefixes: ReadonlySet<string>): readonly AskedFor[] {
  const name = textOf(event, "eventName");
  const asked = nodeOf(event, "requestParameters");
  const action = ACTIONS[name] ?? "s3:*";
  const own = placed(action, namedIn(event, name, asked), prefixes);
  if (!COPIES.has(name)) return own;
  const source = sourceIn(textOf(asked, SOURCE));
  return [...own, ...placed("s3:GetObject", source === undefined ? undefined : [source], prefixes)];
}

/** Objects, or buckets where the event does not tell which objects, as `bucket/key`; undefined if it may be any bucket */
function namedIn(event: EventNode, name: string, asked: EventNode): readonly string[] | undefined {
  const resources = event["resources"];
  const objects = (Array.isArray(resources) ? resources : []).flatMap((resource): readonly string[] => {
    const [, object] = OBJECT.exec(isRecord(resource) ? textOf(resource, "ARN") : "") ?? [];
    return object === undefined ? [] : [object];
  });
  const bucket = textOf(asked, "bucketName");
  if (!BUCKET.test(bucket) || ALIAS.test(bucket)) return objects.length === 0 ? undefined : objects;
  const key = textOf(asked, name === "ListObjects" ? "prefix" : "key");
  return [`${bucket}/${key}`, `${bucket}/${decoded(key) ?? key}`, ...objects];
}

function placed(
  action: string,
  named: readonly string[] | undefined,
  prefixes: ReadonlySet<string>,
): readonly AskedFor[] {
  if (named === undefined) return [{ action, isPerhaps: true }];
  return [...prefixes].flatMap((target): readonly AskedFor[] => {
    if (named.some((object) => object.startsWith(target))) return [{ action, target }];
    // A whole bucket, or a listing from above the prefix
    const isPerhaps = named.some(
      (object) => (object.endsWith("/") || action === "s3:ListBucket") && target.startsWith(object),
    );
    return isPerhaps ? [{ action, target, isPerhaps }] : [];
  });
}

/** `bucket/key`; undefined if it is not told so */
function sourceIn(header: string): string | undefined {
  const [path = ""] = header.replace(/^\//, "").split("?");
  const source = decoded(path) ?? "";
  return source.includes("/") && BUCKET.test(source.slice(0, source.indexOf("/"))) ? source : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
