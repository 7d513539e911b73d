import { writeFileSync } from "node:fs";
import { digestOf, filesOf } from "../../../review/read/digest";
import { folder, review, world, write } from "./world";

describe("nothing is applied, and nothing is published, where", () => {
  const refused = async (world_: ReturnType<typeof world>, ...args: readonly string[]) => {
    const { code, stderr } = await world_.deploy(...args);
    expect(world_.terraform.calls()).toEqual([]);
    expect(world_.happened).toEqual([]);
    return { code, stderr };
  };

  test("the folder is not what was reviewed", async () => {
    const { code, stderr } = await refused(world(), "--auto-approve", "--digest", `sha256:${"0".repeat(64)}`);
    expect([code, stderr]).toEqual([3, expect.stringContaining("is not what was reviewed: do not apply it")]);
  });

  test("a file differs from the review, which is named", async () => {
    const files = filesOf(folder);
    writeFileSync(review, JSON.stringify({ digests: { head: digestOf(files) }, files: Object.fromEntries(files) }));
    write("stacks/agents/cdk.tf.json", { resource: {} });
    const { code, stderr } = await refused(world(), "--auto-approve", "--digest", review);
    expect([code, stderr]).toEqual([3, expect.stringContaining("changed   stacks/agents/cdk.tf.json")]);
  });

  test("Terraform ran in the folder", async () => {
    write("stacks/spire/.terraform/x", "");
    const { code, stderr } = await refused(world(), "--auto-approve");
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/\.terraform: is not reviewed: .*remove it and run synth/),
    ]);
  });

  test("there is no terminal, and --auto-approve is missing", async () => {
    const { code, stderr } = await refused(world());
    expect(code).toBe(64);
    expect(stderr).toContain("there is no terminal to ask at: say --auto-approve");
  });

  test.each([
    ["a digest is none", ["--digest", "sha256:abc"], /the digest must be sha256: and 64 digits/],
    [
      "a stack is named that is not there",
      ["--stacks", "agents,agent"],
      /no stack "agent" in the folder: it holds foundation/,
    ],
    ["no stack is named", ["--stacks", "agents,"], /--stacks must name stacks/],
    ["a wait is no number", ["--wait", "long"], /--wait must be a whole number from 0 on, got "long"/],
    ["the program is not there", ["--binary", "/no/terraform"], /there is no program .*terraform: install it, or name/],
  ])("%s", async (_, args, message) => {
    const { stderr } = await refused(world(), "--auto-approve", ...args);
    expect(stderr).toMatch(message);
  });

  test.each([
    ["stacks wait for each other", { a: ["b"], b: ["a"] }, /must have an order, got a ring: a -> b -> a/],
    [
      "a stack waits for one that is not there",
      { a: ["b"] },
      /stack a depends on "b", which manifest.json does not name/,
    ],
    ["there are no stacks", {}, /must name stacks, got none/],
  ])("%s", async (_, dependencies, message) => {
    const entries = Object.entries(dependencies).map(([name, before]) => [
      name,
      { dependencies: before, synthesizedStackPath: `stacks/${name}/cdk.tf.json` },
    ]);
    write("manifest.json", { stacks: Object.fromEntries(entries) });
    expect((await refused(world(), "--auto-approve")).stderr).toMatch(message);
  });

  test("a stack lies outside the folder", async () => {
    write("manifest.json", { stacks: { a: { dependencies: [], synthesizedStackPath: "../a/cdk.tf.json" } } });
    const { stderr } = await refused(world(), "--auto-approve");
    expect(stderr).toContain('where stack a lies below the folder, got "../a/cdk.tf.json"');
  });

  test("nothing says where to publish, unless it is done elsewhere", async () => {
    write("stacks/foundation/cdk.tf.json", { output: { policy_bucket: { value: "${aws_s3_bucket.x.id}" } } });
    const { stderr } = await refused(world(), "--auto-approve");
    expect(stderr).toContain("registry.json and ambit/bundle.tar.gz must be published, and no stack has the outputs");
    const elsewhere = world();
    expect((await elsewhere.deploy("--auto-approve", "--no-publish")).code).toBe(0);
    expect(elsewhere.happened.filter((each) => each.startsWith("published"))).toEqual([]);
  });
});
