import { synthesize } from "../../support/example-app";
import { filesOf } from "../../support/review/folders";
import { accessIn, ARN, workerOf } from "./estates";

const fleet = accessIn(filesOf(synthesize()));

describe("a way by policies of resources", () => {
  const bucketOf = (Principal: unknown, Condition?: object) => ({
    aws_s3_bucket_policy: {
      kb: {
        bucket: "kb",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal,
              Action: "s3:GetObject",
              Resource: "arn:aws:s3:::kb/*",
              ...(Condition !== undefined && { Condition }),
            },
          ],
        }),
      },
    },
  });
  const ways = (more: NonNullable<Parameters<typeof workerOf>[0]["more"]>) =>
    workerOf({ role: [], more })
      .aws.paths.map(({ name, pairs }) => [name, pairs.length] as const)
      .filter(([name]) => name.includes("by policies of resources"));

  test.each<readonly [what: string, principal: unknown]>([
    ["the role", { AWS: ARN }],
    ["every principal", "*"],
  ])("is told where one grants something to %s", (_, principal) => {
    expect(ways(bucketOf(principal))).toEqual([[expect.stringMatching(/^its role by policies of resources$/), 1]]);
  });

  test.each<readonly [what: string, principal: unknown]>([
    ["another role", { AWS: "arn:aws:iam::111122223333:role/other" }],
    ["a service", { Service: "events.amazonaws.com" }],
  ])("is not told where they grant to %s alone", (_, principal) => {
    expect(ways(bucketOf(principal))).toEqual([]);
  });

  test("is told where a condition leaves it open what is granted", () => {
    expect(ways(bucketOf("*", { StringEquals: { "aws:SourceVpc": "vpc-1" } }))).toHaveLength(1);
  });

  test("is told of no agent of the example, whose policies of resources name other principals", () => {
    for (const { id } of fleet.principals.filter(({ isAgent }) => isAgent)) {
      for (const { name, pairs } of fleet.of(id).aws.paths) {
        expect([name, name.includes("by policies of resources") && pairs.length === 0]).toEqual([name, false]);
      }
    }
  });
});

describe("what is not read", () => {
  const CODE = "stacks/app/assets/Code/0A1B/f.zip";
  const stack = (resource: object): Parameters<typeof accessIn>[0] => ({
    "manifest.json": JSON.stringify({ stacks: { app: { synthesizedStackPath: "stacks/app/cdk.tf.json" } } }),
    "stacks/app/cdk.tf.json": JSON.stringify({ resource }),
    [CODE]: "code",
  });
  const f = { filename: "assets/Code/0A1B/f.zip", role: ARN };
  const unreadIn = (resource: object) => accessIn(stack(resource)).unknown.map(({ what }) => what);

  test("is not the code of a function, which can do what its role can", () => {
    expect(unreadIn({ aws_lambda_function: { f } })).toEqual([]);
  });

  test.each<readonly [what: string, resource: object]>([
    ["of a layer", { aws_lambda_layer_version: { f } }],
    [
      "of a function that is an object of a bucket too",
      { aws_lambda_function: { f }, aws_s3_object: { f: { source: f.filename } } },
    ],
    [
      "of a function whose folder is read by something else too",
      { aws_lambda_function: { f }, aws_instance: { f: { user_data: '${file("assets/Code/0A1B/run.sh")}' } } },
    ],
    [
      "of another name than the function's",
      {
        aws_lambda_function: { f: { ...f, filename: "assets/Code/0A1B/g.zip" } },
        aws_s3_object: { f: { source: f.filename } },
      },
    ],
  ])("is the code %s", (_, resource) => {
    expect(unreadIn(resource)).toContain(CODE);
  });

  test.each(["../app/cdk.tf.json", "../app/extra.tf", "assets/../cdk.tf.json", "assets/../extra.tf", "cdk.tf.json"])(
    "is what %s leads to, though a function names it",
    (filename) => {
      const evil = { source: "git::https://elsewhere.example/m" };
      const found = accessIn({
        ...stack({ aws_lambda_function: { f: { ...f, filename, count: 0 } } }),
        "stacks/app/extra.tf": "",
        "stacks/app/cdk.tf.json": JSON.stringify({
          resource: { aws_lambda_function: { f: { ...f, filename, count: 0 } } },
          module: { evil },
        }),
      }).unknown.map(({ source: { address } }) => address);
      expect(found).toEqual(expect.arrayContaining(["app", "app/module.evil"]));
    },
  );

  test.each(["assets/Code/../Code/0A1B/f.zip", "assets//Code/0A1B/f.zip", "assets/Code/./0A1B/f.zip"])(
    "is the code of a function that something else names as %s",
    (source) => {
      expect(unreadIn({ aws_lambda_function: { f }, aws_s3_object: { f: { source } } })).toContain(CODE);
    },
  );

  test("is none of the example's archives", () => {
    expect(fleet.unknown.filter(({ what }) => what.endsWith(".zip"))).toEqual([]);
  });
});
