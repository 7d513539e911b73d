import type { CloudtrailAdvancedEventSelector } from "@cdktf/provider-aws/lib/cloudtrail";
import { BucketDataset, BoundTableDataset, type Dataset, refuse, TableDataset } from "../../../domain";
import type { Platform } from "../../platform/platform";

/** Of all conditions of a trail together (CloudTrail API Reference, PutEventSelectors) */
const MOST_VALUES = 500;

/**
 * What CloudTrail writes down: all management events, among them `AssumeRole`, `Decrypt` and `GetSecretValue`, and data events of these
 * datasets alone. A query of an index is an event of its table.
 *
 * @throws DeclarationError `data-trail.malformed` where CloudTrail takes no more
 */
export function dataSelectors(
  datasets: readonly Dataset[],
  platform: Platform,
  where: string,
): readonly CloudtrailAdvancedEventSelector[] {
  const objects = datasets.flatMap((dataset) =>
    dataset instanceof BucketDataset ? [objectsArn(dataset, platform)] : [],
  );
  const tables = datasets.flatMap((dataset) =>
    dataset instanceof TableDataset || dataset instanceof BoundTableDataset ? [tableArn(dataset, platform)] : [],
  );
  const selectors = [
    { name: "Management events", fieldSelector: [{ field: "eventCategory", equalTo: ["Management"] }] },
    ...dataEvents("Objects of datasets", "AWS::S3::Object", { startsWith: outermost(objects) }),
    ...dataEvents("Tables of datasets", "AWS::DynamoDB::Table", { equalTo: distinct(tables) }),
  ];
  const count = selectors
    .flatMap(({ fieldSelector }) => fieldSelector)
    .reduce((sum, { equalTo = [], startsWith = [] }: Condition) => sum + equalTo.length + startsWith.length, 0);
  if (count <= MOST_VALUES) return selectors;
  const fix = "let datasets share prefixes or tables, or divide the fleet among platforms";
  const what = `dataTrail must have ${MOST_VALUES} values at most, as a trail of CloudTrail has no more`;
  return refuse("data-trail.malformed", where, `${what}, got ${count} of ${datasets.length} datasets: ${fix}`);
}

interface Condition {
  readonly equalTo?: readonly string[];
  readonly startsWith?: readonly string[];
}

function dataEvents(
  name: string,
  type: string,
  arns: { readonly startsWith: string[] } | { readonly equalTo: string[] },
): readonly (CloudtrailAdvancedEventSelector & {
  readonly fieldSelector: (Condition & { readonly field: string })[];
})[] {
  if (Object.values(arns).flat().length === 0) return [];
  const fieldSelector = [
    { field: "eventCategory", equalTo: ["Data"] },
    { field: "resources.type", equalTo: [type] },
    { field: "resources.ARN", ...arns },
  ];
  return [{ name, fieldSelector }];
}

function objectsArn({ bucket, prefix }: BucketDataset, { partition }: Platform): string {
  return `arn:${partition}:s3:::${bucket}/${prefix}`;
}

function tableArn({ table, account }: TableDataset | BoundTableDataset, platform: Platform): string {
  return `arn:${platform.partition}:dynamodb:${platform.region}:${account ?? platform.account}:table/${table}`;
}

/** Without those that lie below another */
function outermost(prefixes: readonly string[]): string[] {
  return distinct(prefixes).filter(
    (prefix, _, all) => !all.some((other) => other !== prefix && prefix.startsWith(other)),
  );
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
