import { placesIn, type StackFile } from "../../cli/deploy/plan";
import { resourcesOf, synthesize } from "../support/example-app";

const { stacks } = synthesize();
const outputsOf = (name: keyof typeof stacks) =>
  (JSON.parse(stacks[name]) as { output?: Readonly<Record<string, { value: string }>> }).output ?? {};
const valuesOf = (name: keyof typeof stacks) =>
  Object.fromEntries(Object.entries(outputsOf(name)).map(([key, { value }]) => [key, value]));

test("the foundation says where bundle and registry go and which keys sign them, before it is applied", () => {
  const { dynamodb_url, ...known } = valuesOf("foundation");
  expect(known).toEqual({
    policy_bucket: "ambit-prod-policy-111122223333",
    policy_key: "alias/ambit/prod/policy",
    registry_table: "ambit-prod-registry",
    registry_key: "alias/ambit/prod/registry",
    region: "eu-central-1",
  });
  expect(dynamodb_url).toMatch(/^\$\{try\("https:\/\/\$\{aws_vpc_endpoint\.Endpoints_dynamodb_\w+\.dns_entry\[0\]/);
});

test("what it says is what it makes", () => {
  const { policy_bucket, registry_table, policy_key, registry_key } = valuesOf("foundation");
  const made = (type: string, attribute: string) =>
    Object.values(resourcesOf(stacks.foundation)[type] ?? {}).map((resource) => resource[attribute]);
  expect(made("aws_s3_bucket", "bucket")).toContain(policy_bucket);
  expect(made("aws_dynamodb_table", "name")).toContain(registry_table);
  expect(made("aws_kms_alias", "name")).toEqual(expect.arrayContaining([policy_key, registry_key]));
});

test("a deploy publishes where it says", () => {
  const deployed = Object.entries(stacks).map(([name, text]) => ({
    name,
    workingDirectory: `stacks/${name}`,
    file: JSON.parse(text) as StackFile,
  }));
  expect(placesIn(deployed)?.stack).toBe("foundation");
});

test("SPIRE's stack says where the issuer's name must lead, and no other stack says anything", () => {
  expect(valuesOf("spire")).toEqual({
    issuer: "https://oidc.prod.acme.example",
    issuer_address: expect.stringMatching(/^\$\{try\(kubernetes_service_v1\.Spire_Oidc_Service_\w+\.status\[0\]/),
  });
  expect([outputsOf("trust"), outputsOf("control"), outputsOf("agents")]).toEqual([{}, {}, {}]);
});
