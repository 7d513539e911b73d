import { isRecord } from "../../domain/is-record";
import type { DeclaredAgent } from "../../governance/inventory/live/declared";
import type { DeployedCall } from "../../governance/inventory/live/deployed";
import { plainText } from "../audit/cloudtrail/plain-text";
import { type EventNode, nodeOf, roleSessionOf, textOf } from "../audit/cloudtrail/role-session";
import { validatedTrail } from "../audit/cloudtrail/validated-trail";
import { recordsIn } from "../audit/trace/trail";

/**
 * Actions that events on objects need, by their names; of tables and secrets both are the same
 * Source: S3 User Guide, "Amazon S3 CloudTrail events"
 */
const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: "s3:AbortMultipartUpload",
  CompleteMultipartUpload: "s3:PutObject",
  CreateMultipartUpload: "s3:PutObject",
  DeleteObject: "s3:DeleteObject",
  GetObject: "s3:GetObject",
  HeadObject: "s3:GetObject",
  ListObjects: "s3:ListBucket",
  PutObject: "s3:PutObject",
  UploadPart: "s3:PutObject",
};

/**
 * Last calls of sessions of roles that the files of a trail show. Nothing is verified: an event that is forged keeps a right, and takes
 * none away.
 *
 * @param place folder, or `s3://bucket/prefix`
 * @throws CliError if one cannot be read
 */
export async function callsInTrail(
  place: string,
  region: string | undefined,
  declared: readonly DeclaredAgent[],
): Promise<readonly DeployedCall[]> {
  const prefixes = new Set(declared.flatMap(({ tasks }) => tasks.flatMap(({ data }) => data)).flatMap(prefixOf));
  const last = new Map<string, DeployedCall>();
  await validatedTrail({ place, region, keys: undefined }, (path, bytes) => {
    for (const record of recordsIn(path, plainText(path, bytes))) {
      for (const call of isRecord(record) ? callsOf(record, prefixes) : []) {
        const key = JSON.stringify([call.role, call.action, call.target]);
        if ((last.get(key)?.at ?? -Infinity) < call.at) last.set(key, call);
      }
    }
  });
  return [...last.values()];
}

function prefixOf({ kind, place }: { readonly kind?: string; readonly place?: string }): readonly string[] {
  return kind === "bucket" && place !== undefined ? [place] : [];
}

function callsOf(event: EventNode, prefixes: ReadonlySet<string>): readonly DeployedCall[] {
  const session = roleSessionOf(event);
  const at = Math.floor(Date.parse(textOf(event, "eventTime")) / 1000);
  if (session === undefined || !Number.isFinite(at)) return [];
  const { role } = session;
  const made = { ...(role !== "" && { role }), at };
  const name = textOf(event, "eventName");
  const asked = nodeOf(event, "requestParameters");
  switch (textOf(event, "eventSource")) {
    case "s3.amazonaws.com": {
      const action = OBJECT_ACTIONS[name];
      const object = `${textOf(asked, "bucketName")}/${textOf(asked, name === "ListObjects" ? "prefix" : "key")}`;
      return action === undefined
        ? []
        : [...prefixes].filter((one) => object.startsWith(one)).map((target) => ({ ...made, action, target }));
    }
    case "dynamodb.amazonaws.com":
      return tablesOf(asked).map((target) => ({ ...made, action: `dynamodb:${name}`, target }));
    case "secretsmanager.amazonaws.com": {
      const target = textOf(asked, "secretId");
      return [{ ...made, action: `secretsmanager:${name}`, ...(target !== "" && { target }) }];
    }
    default:
      return [];
  }
}

/** Of one request, named by name or ARN */
function tablesOf(asked: EventNode): readonly string[] {
  const one = textOf(asked, "tableName");
  const named = one === "" ? Object.keys(nodeOf(asked, "requestItems")) : [one];
  return named.map((table) => table.replace(/^arn:.*:table\//, ""));
}
