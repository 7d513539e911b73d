import { resourcesOf, STACKS, synthesize } from "../support/example-app";
import { synthesizeAnew } from "../support/synthesize";
import { newStack, platformWith, Template } from "../support/synth";

const { stacks } = synthesize();

/** Addresses are contract: another address means that Terraform destroys and creates. Change them on purpose only. */
test.each(STACKS)("the resources of stack %s are where they were", (name) => {
  const addresses = Object.entries(resourcesOf(stacks[name])).flatMap(([type, resources]) =>
    Object.keys(resources).map((key) => `${type}.${key}`),
  );
  expect(addresses.sort()).toMatchSnapshot();
});

test("the same source and clock give the same bytes", () => {
  expect(synthesizeAnew()).toEqual(synthesizeAnew());
});

test("every stack keeps its state where the platform says, locked and encrypted", () => {
  const platform = platformWith({ state: { bucket: "acme-state", key: "ambit", kmsKey: "alias/state" } });
  const { terraform } = Template.of(newStack(platform)).json;
  expect(terraform?.backend).toEqual({
    s3: {
      bucket: "acme-state",
      encrypt: true,
      key: "ambit/test.tfstate",
      kms_key_id: "alias/state",
      region: "eu-central-1",
      use_lockfile: true,
    },
  });
});

test("provider versions can be pinned to what a mirror holds", () => {
  const platform = platformWith({ providerVersions: { aws: "5.100.0", kubernetes: "2.38.0" } });
  expect(Template.of(newStack(platform)).json.terraform?.required_providers).toMatchObject({
    aws: { version: "5.100.0" },
    kubernetes: { version: "2.38.0" },
  });
});

test("no stack reads another", () => {
  // cdktf names the outputs that it makes for other stacks so.
  for (const name of STACKS) expect(stacks[name]).not.toMatch(/terraform_remote_state|cross-stack-output/);
});

test("what would lose data refuses to be destroyed", () => {
  const foundation = resourcesOf(stacks.foundation);
  const protectedTypes = ["aws_kms_key", "aws_dynamodb_table", "aws_s3_bucket"];
  for (const type of protectedTypes) {
    // A key that signs start tokens goes with its starter: nothing that it signed is good for longer than minutes.
    const resources = Object.entries(foundation[type] ?? {}).flatMap(([key, resource]) =>
      key.startsWith("Starter-") ? [] : [resource],
    );
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) expect(resource.lifecycle).toMatchObject({ prevent_destroy: true });
  }
});

test("no source line stands in a resource", () => {
  for (const name of STACKS) expect(stacks[name]).not.toMatch(/fleet\/agents/);
});
