import { regionsIn } from "../../../../governance/inventory/live/regions";
import { scratch } from "../../../support/cli";

const folder = scratch("regions");
function regionsOf(...providers: readonly unknown[]) {
  const name = `f${Math.random().toString(36).slice(2)}`;
  providers.forEach((provider, at) => folder.put(`${name}/stacks/s${at}/cdk.tf.json`, JSON.stringify({ provider })));
  const stacks = Object.fromEntries(
    providers.map((_, at) => [
      `s${at}`,
      { name: `s${at}`, synthesizedStackPath: `stacks/s${at}/cdk.tf.json`, workingDirectory: `stacks/s${at}` },
    ]),
  );
  folder.put(`${name}/manifest.json`, JSON.stringify({ stacks, version: "0.21.0" }));
  return regionsIn(`${folder.path}/${name}`);
}

test("are those of all AWS providers, each once and sorted", () => {
  const two = { aws: [{ region: "us-east-1", alias: "x" }, { region: "eu-central-1" }] };
  expect(regionsOf(two, { kubernetes: [{}] }, { aws: { region: "us-gov-west-1" } }, two)).toEqual([
    "eu-central-1",
    "us-east-1",
    "us-gov-west-1",
  ]);
  expect(regionsOf({})).toEqual([]);
});

test.each([
  ["an expression", { aws: [{ region: "eu-central-1" }, { region: "${var.region}" }] }],
  ["none", { aws: [{}] }],
  ["an option of the command line", { aws: [{ region: "--endpoint-url=x" }] }],
  ["no block", { aws: ["eu-central-1"] }],
])("fails where a provider's region is %s", (_, provider) => {
  expect(() => regionsOf(provider)).toThrow(
    "stacks/s0/cdk.tf.json: provider.aws: must have its region as text, such as eu-central-1",
  );
});
