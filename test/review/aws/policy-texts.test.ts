import { PolicyTexts } from "../../../review/reach/aws/policy-texts";
import { policy, role, smallEstate } from "./small-estate";

const ALL = policy({ Action: "*", Resource: "*" });
const READS = policy({ Action: "s3:GetObject", Resource: "*" });

const readIn = (written: object) => {
  const estate = smallEstate({
    resources: {
      aws_iam_role: { x: { ...role("x"), inline_policy: [{ name: "i", policy: READS }], ...written } },
      aws_iam_policy: { all: { name: "all", policy: ALL } },
    },
  });
  const texts = new PolicyTexts();
  const of = (address: string, attribute: string) => {
    const resource = estate.at(address);
    if (resource === undefined) throw new Error(`${address} is not there`);
    return texts.in(resource, attribute, estate).statements.map(({ statement }) => statement.Action);
  };
  return [of("app/aws_iam_role.x", "inline_policy.0.policy"), of("app/aws_iam_policy.all", "policy")];
};

test("a policy is what stands at its place", () => expect(readIn({})).toEqual([["s3:GetObject"], ["*"]]));

test("a key that is written like the place of a policy does not change what another policy says", () =>
  expect(readIn({ "inline_policy.0.policy": ALL })).toEqual([["s3:GetObject"], ["*"]]));
