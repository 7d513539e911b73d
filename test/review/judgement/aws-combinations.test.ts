import { allow } from "../../../iam";
import { Shapes } from "../../../review/difference/aws/alike/shapes";
import { AwsCombinations } from "../../../review/judgement/combinations/aws-combinations";
import type { AwsPrincipal } from "../../../review/reach/aws/aws-principal";
import { awsPath } from "../../support/review/aws-path";

describe("what is dangerous in AWS", () => {
  it("is asked of each whose name an audit bucket holds", () => {
    const question = [allow("s3:DeleteObject", "arn:aws:s3:::data/worker-1/*")];
    const combinations = new AwsCombinations([{ what: "it may delete logs", question }], new Shapes());
    const held = ["worker-2", "worker-3", "worker-1"].map((name) =>
      combinations.of(agent(name, "s3:DeleteObject", `arn:aws:s3:::data/${name}/*`)),
    );
    expect(held).toMatchObject([[], [], [{ code: "blind-audit" }]]);
  });

  it("is asked of each whose policies say something else", () => {
    const combinations = new AwsCombinations([], new Shapes());
    const secret = (name: string) => agent(name, "ssm:GetParameter", `arn:aws:ssm:eu-central-1:1:parameter/${name}`);
    expect(combinations.secretsOf(agent("worker-1", "s3:GetObject", "*"))).toBeUndefined();
    expect(combinations.secretsOf(agent("worker-2", "s3:GetObject", "*"))).toBeUndefined();
    expect(combinations.secretsOf(secret("worker-3"))?.what).toContain("parameter/worker-3");
    expect(combinations.secretsOf(secret("worker-4"))?.what).toContain("parameter/worker-4");
  });
});

function agent(name: string, action: string, resource: string): AwsPrincipal {
  const statements = [{ statement: allow(action, resource), source: name }];
  return {
    name,
    isAgent: true,
    paths: [awsPath([{ name: "role", statements }])],
    denies: [],
    roles: [],
    chained: [],
    unknown: [],
  };
}
