import { BlastRadii } from "../../../review/blast-radius/blast-radius-of";
import type { Json, JsonObject } from "../../../review/read/json";
import { smallRegistry } from "../../support/review/declared-fleet";
import { estateOf } from "../../support/review/estate-of";

const REGISTRY = JSON.parse(JSON.stringify(smallRegistry())) as JsonObject;
const courier = smallRegistry().agents["courier"];
const { namespace, serviceAccount } = courier?.["workload"] as Record<string, string>;
const SUBJECT = `system:serviceaccount:${namespace}:${serviceAccount}`;
const ISSUER = "oidc.eks.eu-central-1.amazonaws.com/id/A1";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;

/** What whoever controls the agent `courier` gets of a role that has this trust policy */
function takenBy(trust: string) {
  const role = { name: "backup", assume_role_policy: trust };
  const radius = new BlastRadii(estateOf({ "aws_iam_role.backup": role }, REGISTRY)).of("courier");
  return radius?.reached.find(({ kind, target }) => kind === "identity" && target.endsWith("aws_iam_role.backup"));
}

function admitting(condition: Json, principal: JsonObject = { Federated: PROVIDER }): string {
  const statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRoleWithWebIdentity" };
  return JSON.stringify({ Version: "2012-10-17", Statement: [{ ...statement, Condition: condition }] });
}

test.each<readonly [string, JsonObject, boolean]>([
  ["its account", { StringEquals: { [`${ISSUER}:sub`]: SUBJECT } }, true],
  ["its account among others", { StringEquals: { [`${ISSUER}:sub`]: ["system:serviceaccount:a:b", SUBJECT] } }, true],
  ["every account", { StringLike: { [`${ISSUER}:sub`]: "system:serviceaccount:*" } }, true],
  ["its account in whatever letters", { StringEqualsIgnoreCase: { [`${ISSUER}:sub`]: SUBJECT.toUpperCase() } }, true],
  ["every account but one", { StringNotEquals: { [`${ISSUER}:sub`]: "system:serviceaccount:a:b" } }, true],
  ["whoever has a token for AWS", { StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" } }, true],
  ["another account", { StringEquals: { [`${ISSUER}:sub`]: "system:serviceaccount:a:b" } }, false],
  ["its account in other letters", { StringEquals: { [`${ISSUER}:sub`]: SUBJECT.toUpperCase() } }, false],
])("a role that admits %s", (_, condition, taken) => {
  expect(takenBy(admitting(condition)) !== undefined).toBe(taken);
});

test("a role that admits its SVID by Roles Anywhere", () => {
  const condition = { StringEquals: { "aws:PrincipalTag/x509SAN/URI": courier?.["spiffeId"] as string } };
  expect(takenBy(admitting(condition, { Service: "rolesanywhere.amazonaws.com" }))).toMatchObject({ hop: 0 });
});

test("a role whose trust policy cannot be read may admit it", () => {
  expect(takenBy("${data.aws_iam_policy_document.elsewhere.json}")?.unknown).toMatch(/./);
  expect(takenBy("{")?.unknown).toMatch(/./);
  const read = takenBy(admitting({ StringEquals: { [`${ISSUER}:sub`]: SUBJECT } }));
  expect([read?.hop, read?.unknown]).toEqual([0, undefined]);
});
