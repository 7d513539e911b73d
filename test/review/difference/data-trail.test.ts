import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trailUnknowns } from "../../../review/difference/data-trail";
import { estateOf } from "../../support/review/folders";

interface Estate {
  readonly trail?: false;
  readonly logging?: false;
  readonly validation?: false;
  readonly basic?: true;
  readonly prefixes?: readonly string[];
  readonly tables?: readonly string[];
  /** Of the only role */
  readonly resources?: readonly string[];
}

const CASES = JSON.parse(readFileSync(join(__dirname, "../../cases/review/data-trail.json"), "utf8")) as readonly {
  readonly name: string;
  readonly head: Estate;
  readonly told: readonly string[];
}[];

const PREFIXES = ["arn:aws:s3:::kb/articles/", "arn:aws:s3:::logs/"];
const TABLES = ["arn:aws:dynamodb:eu-central-1:111122223333:table/orders"];
const GRANTED = ["arn:aws:s3:::kb/articles/*", ...TABLES];

const estateWith = ({
  trail,
  logging,
  validation,
  basic,
  prefixes = PREFIXES,
  tables = TABLES,
  resources = GRANTED,
}: Estate) => {
  const data = (type: string, arns: object) => ({
    field_selector: [
      { field: "eventCategory", equals: ["Data"] },
      { field: "resources.type", equals: [type] },
      { field: "resources.ARN", ...arns },
    ],
  });
  const selectors = basic
    ? {
        event_selector: [
          {
            data_resource: [
              { type: "AWS::S3::Object", values: prefixes },
              { type: "AWS::DynamoDB::Table", values: tables },
            ],
          },
        ],
      }
    : {
        advanced_event_selector: [
          { field_selector: [{ field: "eventCategory", equals: ["Management"] }] },
          data("AWS::S3::Object", { starts_with: prefixes }),
          data("AWS::DynamoDB::Table", { equals: tables }),
        ],
      };
  const settings = { name: "t", enable_logging: logging ?? true, enable_log_file_validation: validation ?? true };
  const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: resources }] });
  return estateOf({
    "stacks/a/cdk.tf.json": JSON.stringify({
      resource: {
        aws_iam_role_policy: { reader: { role: "reader", policy } },
        ...(trail === false ? {} : { aws_cloudtrail: { t: { ...settings, ...selectors } } }),
      },
    }),
  });
};

test.each(CASES.map((one) => [one.name, one] as const))("what is told of a trail: %s", (_, { head, told }) => {
  const found = trailUnknowns(estateWith({}), estateWith(head));
  expect(found.map(({ what }) => what)).toEqual(told.map((what) => `${what} in aws_cloudtrail.t`));
  for (const { source } of found)
    expect(source).toEqual({ address: "a/aws_cloudtrail.t", file: "stacks/a/cdk.tf.json" });
});

test("a trail that is new takes nothing away", () => {
  expect(trailUnknowns(estateWith({ trail: false }), estateWith({}))).toEqual([]);
});
