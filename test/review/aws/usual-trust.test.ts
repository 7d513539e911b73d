import { reviewOf } from "../../../review/pull-request/review-of";
import { role, roleArn, smallEstate, type Statement } from "./small-estate";

const trust = (name: string, conditions: object = {}, more: object = {}): Statement => ({
  Principal: { AWS: roleArn("exchange") },
  Action: "sts:AssumeRole",
  Condition: { StringEquals: { "sts:SourceIdentity": name, "aws:SourceVpc": "vpc-1", ...conditions } },
  ...more,
});
const NAMES = ["one", "two", "three"];
const others = {
  exchange: role("exchange"),
  ...Object.fromEntries(NAMES.map((name) => [name, role(name, trust(name))])),
};
const base = smallEstate({ agents: NAMES, resources: { aws_iam_role: others } });

const foldsOf = (...statements: readonly Statement[]): readonly (string | undefined)[] => {
  const resources = { aws_iam_role: { ...others, four: role("four", ...statements) } };
  const { agents } = reviewOf(base, smallEstate({ agents: [...NAMES, "four"], resources }));
  const gains = agents.find(({ id }) => id === "four")?.gains ?? [];
  return gains.filter(({ kind }) => kind === "trust").map(({ showing }) => showing?.fold);
};

test("trust in a new agent's role that is written as that of the others is usual", () => {
  expect(foldsOf(trust("four"))).toEqual(["usual"]);
});

test.each<[string, Statement]>([
  ["another network besides", trust("four", { "aws:SourceVpc": ["vpc-1", "vpc-2"] })],
  ["the identity of another besides", trust("four", { "sts:SourceIdentity": ["four", "one"] })],
  ["fewer conditions", trust("four", {}, { Condition: { StringEquals: { "sts:SourceIdentity": "four" } } })],
])("and with %s is not, though the example is the same", (_, statement) => {
  expect(foldsOf(statement)).not.toContain("usual");
});
