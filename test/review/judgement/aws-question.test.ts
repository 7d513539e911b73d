import { allow, deny, type Statement } from "../../../iam";
import { allowedRequest } from "../../../review/judgement/aws-question";
import { awsPath } from "../../support/review/aws-path";

const layer = (name: string, ...statements: readonly Statement[]) => ({
  name,
  statements: statements.map((statement) => ({ statement, source: `${name}.policy` })),
});
const path = (...layers: readonly ReturnType<typeof layer>[]) => awsPath(layers);
const asked = [allow("iam:PassRole", "*")];
const undenied = { denies: [] };

test("what is asked and allowed is shown by a request, with the statement that allows it", () => {
  expect(allowedRequest(undenied, [path(layer("role", allow("iam:*", "*")))], asked)).toMatchObject({
    witness: expect.stringMatching(/^iam:PassRole on /) as string,
    source: "role.policy",
    path: "its role",
    isDecided: true,
  });
});

test.each<[string, readonly ReturnType<typeof path>[]]>([
  ["there is no way into AWS", []],
  ["a way has no layer", [path()]],
  ["nothing of it is allowed", [path(layer("role", allow("s3:*", "*")))]],
  ["a boundary leaves it out", [path(layer("role", allow("*", "*")), layer("boundary", allow("s3:*", "*")))]],
  ["a Deny takes it away", [path(layer("role", allow("*", "*"), deny("iam:*", "*")))]],
])("it is not allowed where %s", (_, paths) => {
  expect(allowedRequest(undenied, paths, asked)).toBeUndefined();
});

test("a Deny of a resource's policy counts", () => {
  const denies = layer("bucket", deny("iam:PassRole", "*")).statements;
  expect(allowedRequest({ denies }, [path(layer("role", allow("*", "*")))], asked)).toBeUndefined();
});

test("what takes too many steps to decide counts as allowed", () => {
  const stars = (at: number): string => `*${String.fromCharCode(97 + (at % 26))}`.repeat(40);
  const hard = Array.from({ length: 60 }, (_, at) => deny("*", `${stars(at)}*`));
  const question = [allow("iam:PassRole", `*${"?*a".repeat(60)}`)];
  const found = allowedRequest(undenied, [path(layer("role", allow("*", `${stars(1)}*`), ...hard))], question);
  expect(found).toBeDefined();
});
