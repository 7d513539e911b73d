import { isRecord } from "../../../../domain/is-record";

/** Data events that a trail writes down */
export interface Selector {
  /** Such as `AWS::S3::Object` */
  readonly type: string;
  readonly isRead: boolean;
  readonly isWritten: boolean;
  /** What an ARN must be, or begin with; undefined if any is written down */
  readonly arns: { readonly equal: readonly string[]; readonly begin: readonly string[] } | undefined;
}

/** Names of members are those of the API's answers, or of events, which begin with a small letter */
type Node = Readonly<Record<string, unknown>>;

/**
 * Selectors of data events, of an answer to `GetEventSelectors` or of the request of an event `PutEventSelectors`. One with a condition
 * that is not known here is left out, because what it leaves out is not known.
 * Source: CloudTrail API Reference, EventSelector, AdvancedEventSelector and AdvancedFieldSelector
 *
 * @returns undefined if it is neither
 */
export function selectorsIn(value: unknown): readonly Selector[] | undefined {
  if (!isRecord(value)) return undefined;
  const basic = member(value, "EventSelectors");
  const advanced = member(value, "AdvancedEventSelectors");
  if (!isListOrNone(basic) || !isListOrNone(advanced)) return undefined;
  if (basic === undefined && advanced === undefined) return undefined;
  return [...nodesIn(basic).flatMap(basicSelectors), ...nodesIn(advanced).flatMap(advancedSelectors)];
}

function basicSelectors(selector: Node): readonly Selector[] {
  const which = member(selector, "ReadWriteType");
  return nodesIn(member(selector, "DataResources")).flatMap((resource) => {
    const type = member(resource, "Type");
    const values = textsIn(member(resource, "Values"));
    if (typeof type !== "string" || values === undefined) return [];
    const isOfAll = values.some((value) => ALL_OF[type]?.test(value) === true);
    const inBuckets = values.filter((value) => value.includes("/"));
    const own = type === "AWS::S3::Object" ? { equal: [], begin: inBuckets } : { equal: values, begin: [] };
    return [
      {
        type,
        isRead: which === "All" || which === "ReadOnly",
        isWritten: which === "All" || which === "WriteOnly",
        arns: isOfAll ? undefined : own,
      },
    ];
  });
}

/** Values by which basic selectors take all resources of a type. Source: CloudTrail API Reference, DataResource */
const ALL_OF: Readonly<Record<string, RegExp>> = {
  "AWS::S3::Object": /^arn:[a-z-]+:s3(?::::)?$/,
  "AWS::DynamoDB::Table": /^arn:[a-z-]+:dynamodb$/,
};

function advancedSelectors(selector: Node): readonly Selector[] {
  const conditions = nodesIn(member(selector, "FieldSelectors"));
  let type: string | undefined;
  let isOfData = false;
  let only: string | undefined;
  let arns: Selector["arns"];
  for (const condition of conditions) {
    const field = member(condition, "Field");
    const operators = Object.keys(condition).filter(
      (name) => name.toLowerCase() !== "field" && !isEmpty(condition[name]),
    );
    const equal = textsIn(member(condition, "Equals")) ?? [];
    const begin = textsIn(member(condition, "StartsWith")) ?? [];
    const isEqualOnly = operators.length === 1 && equal.length === 1;
    if (field === "eventCategory" && isEqualOnly) isOfData = equal[0] === "Data";
    else if (field === "resources.type" && isEqualOnly) type = equal[0];
    else if (field === "readOnly" && isEqualOnly) only = equal[0];
    else if (
      field === "resources.ARN" &&
      arns === undefined &&
      operators.length === 1 &&
      equal.length + begin.length > 0
    )
      arns = { equal, begin };
    else return [];
  }
  if (!isOfData || type === undefined) return [];
  return [{ type, isRead: only !== "false", isWritten: only !== "true", arns }];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Of this name, or of the same that begins with a small letter */
function member(node: Node, name: string): unknown {
  return node[name] ?? node[`${name[0]?.toLowerCase()}${name.slice(1)}`] ?? undefined;
}

function isListOrNone(value: unknown): value is readonly unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}

function nodesIn(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textsIn(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : undefined;
}
