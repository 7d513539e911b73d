import { reviewOf } from "../../../review/pull-request/review-of";
import { filesOf } from "../../../review/read/digest";
import { estateOf, type Files, inFolder } from "../../support/review/folders";

const SYNTHESIZED: Files = {
  "manifest.json": JSON.stringify({ stacks: { app: { synthesizedStackPath: "stacks/app/cdk.tf.json" } } }),
  "stacks/app/cdk.tf.json": JSON.stringify({
    resource: { aws_lambda_function: { f: { filename: "assets/Code/0A1B/f.zip" } } },
  }),
  "stacks/app/assets/Code/0A1B/f.zip": "code",
};
const STRAY = [
  "stacks/app/terraform.d/plugins/registry.terraform.io/hashicorp/aws/terraform-provider-aws_5.0.0_linux_amd64.zip",
  "stacks/app/.terraform.lock.hcl",
  "stacks/app/terraform.tfstate",
  "stacks/app/terraform.tfstate.d/prod/terraform.tfstate",
  "stacks/app/.terraformrc",
  "stacks/app/script.sh",
  "stacks/app/assets/Other/0A1B/f.zip",
  "stacks/app/assets/Code/0A1B/f.zip.sh",
];
const unknownsOf = (base: Files, head: Files) => reviewOf(estateOf(base), estateOf(head)).unknown;

test.each(STRAY)("%s is refused by verify and deploy, and unknown in a review, with what it holds", (file) => {
  const one = { ...SYNTHESIZED, [file]: "1" };
  const refused = `${file}: was not written by synth, and Terraform may run or believe it: remove it`;
  expect(() => inFolder(one, filesOf)).toThrow(refused);
  const unknown = [expect.objectContaining({ what: file, why: expect.stringContaining("was not written by synth") })];
  expect(unknownsOf(SYNTHESIZED, one)).toEqual(unknown);
  expect(unknownsOf(one, { ...SYNTHESIZED, [file]: "2" })).toEqual(unknown);
  expect(unknownsOf(one, one)).toEqual([]);
});

test("more configuration than synth wrote is refused, though a review reads it", () => {
  const file = "stacks/app/more.tf.json";
  expect(() => inFolder({ ...SYNTHESIZED, [file]: "{}" }, filesOf)).toThrow(`${file}: was not written by synth`);
});

test("an asset that its stack names is taken, by file or by folder, and its change is unknown", () => {
  expect([...inFolder(SYNTHESIZED, filesOf).keys()]).toHaveLength(3);
  const file = "stacks/app/assets/Code/0A1B/f.zip";
  expect(unknownsOf(SYNTHESIZED, SYNTHESIZED)).toEqual([]);
  expect(unknownsOf(SYNTHESIZED, { ...SYNTHESIZED, [file]: "other" })).toEqual([
    expect.objectContaining({ what: file, why: expect.stringContaining("an asset is code or data that is not read") }),
  ]);
  const folder = { ...SYNTHESIZED, "stacks/app/cdk.tf.json": '{"locals":{"path":"${path.module}/assets/Code/0A1B"}}' };
  expect([...inFolder(folder, filesOf).keys()]).toHaveLength(3);
});
