import type { Selector } from "./selectors";

/** Data of one access, as events name it */
export interface Recorded {
  readonly type: "AWS::DynamoDB::Table" | "AWS::S3::Object";
  /** ARN of a table, or what the ARNs of objects begin with */
  readonly arn: string;
  readonly actions: readonly string[];
}

/** Actions whose events are read-only ones. Source: S3 User Guide and DynamoDB Developer Guide, on logging by CloudTrail */
const READING: ReadonlySet<string> = new Set([
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:Query",
  "dynamodb:Scan",
  "s3:GetObject",
  "s3:ListBucket",
]);

/** Whether a trail with these selectors writes down every call of the actions on the data */
export function isSelected({ type, arn, actions }: Recorded, selectors: readonly Selector[]): boolean {
  return actions.every((action) =>
    selectors.some((selector) => {
      if (selector.type !== type || !(READING.has(action) ? selector.isRead : selector.isWritten)) return false;
      return selector.arns === undefined || isWithin(wholeOf(action, arn), type, selector.arns);
    }),
  );
}

/** The event of a listing names the bucket and what its answer begins with, which need not be what the request asks for. */
function wholeOf(action: string, arn: string): string {
  return action === "s3:ListBucket" ? arn.slice(0, arn.indexOf("/") + 1) : arn;
}

function isWithin(arn: string, type: Recorded["type"], { equal, begin }: NonNullable<Selector["arns"]>): boolean {
  return begin.some((prefix) => arn.startsWith(prefix)) || (type === "AWS::DynamoDB::Table" && equal.includes(arn));
}
