import { Sensitivity } from "../../../domain";
import type { PatternKind } from "../../../iam/access/difference";
import { sensitivityAt } from "../../../review/blast-radius/walk/data-sensitivity";
import type { RegistryDataset } from "../../../review/reach/declared/registry";

const datasets = {
  kb: { kind: "bucket", bucket: "kb", prefix: "articles/", sensitivity: Sensitivity.of("confidential", "test") },
} as unknown as Readonly<Record<string, RegistryDataset>>;

const ALL = "arn:aws:s3:::*";

test.each<[string, string, string, { readonly action?: PatternKind; readonly resource?: PatternKind }, boolean]>([
  ["the dataset's place", "s3:GetObject", "arn:aws:s3:::kb/articles/*", {}, true],
  ["a pattern over its place", "s3:GetObject", ALL, {}, true],
  ["all actions but some", "other words", ALL, { action: "rest" }, true],
  ["all resources but some", "s3:GetObject", "other words", { resource: "rest" }, true],
  ["another bucket", "s3:GetObject", "arn:aws:s3:::logs/*", {}, false],
  ["another service", "sqs:SendMessage", "*", {}, false],
  ["all actions but some, on another bucket", "other words", "arn:aws:s3:::logs/*", { action: "rest" }, false],
  ["another service on all resources but some", "sqs:SendMessage", "other words", { resource: "rest" }, false],
  ["a resource named in the words of a rest", "s3:GetObject", "everything but a name", {}, false],
])("whether a right opens a dataset: %s", (_, action, resource, kinds, is) => {
  const pair = { action, resource, kinds: { action: "pattern", resource: "pattern", ...kinds } as const };
  expect(sensitivityAt(pair, datasets)?.name).toBe(is ? "confidential" : undefined);
});
