import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { deployCommand } from "../../../cli/deploy";
import { called } from "../../support/cli";
import { ORDER, digest, done, folder, place, world, write } from "./world";

test("stacks are applied in the manifest's order, and registry and bundle are published behind the foundation", async () => {
  const calls: string[] = [];
  const { terraform, deploy, happened } = world({
    publish: async () => {
      calls.push(...terraform.calls(), "published");
      return [];
    },
  });
  const { code, stdout } = await deploy("--auto-approve", "--digest", digest());
  expect(code).toBe(0);
  expect([...calls, ...terraform.calls()]).toEqual([
    "plan -out in foundation",
    "apply plan in foundation",
    "published",
    "plan -out in spire",
    "apply plan in spire",
    "output -raw issuer_address in spire",
    ...done("apply").slice(4),
  ]);
  expect(happened).toEqual(["asked for /apis/apps/v1/namespaces/spire-system/daemonsets/spiffe-csi-driver"]);
  expect(stdout).toContain("as reviewed");
  expect(stdout).toContain("agents      applied: 2 to add, 1 to change, 1 to destroy");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("deployed");
});

test("the reviewed folder is unchanged by Terraform", async () => {
  const { deploy } = world();
  const before = digest();
  await deploy("--auto-approve");
  expect(digest()).toBe(before);
  expect(existsSync(join(place.path, ".ambit-deploy-cdktf.out", "stacks", "spire", ".terraform"))).toBe(true);
});

test("a file that is gone from the folder is gone from what is applied, and what Terraform keeps stays", async () => {
  const spire = JSON.parse(readFileSync(join(folder, "stacks/spire/cdk.tf.json"), "utf8")) as object;
  write("stacks/spire/cdk.tf.json", { ...spire, locals: { file: "assets/old/x" } });
  write("stacks/spire/assets/old/x", "x");
  const { deploy } = world();
  await deploy("--auto-approve");
  const copied = (file: string) => existsSync(join(place.path, ".ambit-deploy-cdktf.out", "stacks", "spire", file));
  expect([copied("assets/old"), copied(".terraform.lock.hcl")]).toEqual([true, true]);
  rmSync(join(folder, "stacks/spire/assets"), { recursive: true });
  await deploy("--auto-approve");
  expect([copied("assets/old"), copied(".terraform.lock.hcl")]).toEqual([false, true]);
});

test("nothing to do is nothing done", async () => {
  const { terraform, deploy } = world();
  await deploy("--auto-approve");
  terraform.calls();
  const { code, stdout } = await deploy("--auto-approve");
  expect(code).toBe(0);
  expect(terraform.calls().filter((call) => call.startsWith("apply"))).toEqual([]);
  for (const stack of ORDER) expect(stdout).toContain(`${stack.padEnd(10)}  unchanged`);
});

test("what ended in the middle goes on there when it is run again", async () => {
  const { terraform, deploy } = world();
  terraform.fail("apply", "trust");
  const failed = await deploy("--auto-approve");
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/ambit: stack trust: .*apply ended with 1: .*run this again: it goes on here/);
  expect(ORDER.map((stack) => terraform.isApplied(stack))).toEqual([true, true, false, false, false]);
  terraform.mend("apply", "trust");
  terraform.calls();
  expect((await deploy("--auto-approve")).code).toBe(0);
  expect(terraform.calls().filter((call) => call.startsWith("apply"))).toEqual(
    ORDER.slice(2).map((stack) => `apply plan in ${stack}`),
  );
});

test.each(["init", "plan", "show"])("a %s that fails ends it, before anything behind it", async (command) => {
  const { terraform, deploy, happened } = world();
  terraform.fail(command, "foundation");
  const { code, stderr } = await deploy("--auto-approve");
  expect([code, terraform.isApplied("foundation"), happened]).toEqual([1, false, []]);
  expect(stderr).toContain(`ambit: stack foundation:`);
});

describe("at a terminal", () => {
  test("each plan is asked for by itself, and only yes is taken", async () => {
    const { asked, deploy } = world({ answers: ["yes", "yes", "yes", "yes", "yes", "yes"] });
    expect((await deploy()).code).toBe(0);
    expect(asked).toEqual([
      "Apply foundation: 2 to add, 1 to change, 1 to destroy? Only yes is taken:",
      "Sign and publish registry and bundle? Only yes is taken:",
      ...ORDER.slice(1).map((stack) => `Apply ${stack}: 2 to add, 1 to change, 1 to destroy? Only yes is taken:`),
    ]);
  });

  test.each(["", "y", "no", "Yes!"])("%j ends it there, with a code of its own", async (answer) => {
    const { terraform, deploy, happened } = world({ answers: ["yes", "yes", answer] });
    const { code, stdout } = await deploy();
    expect(code).toBe(3);
    expect(stdout).toContain("declined: nothing after this was done");
    expect(ORDER.map((stack) => terraform.isApplied(stack))).toEqual([true, false, false, false, false]);
    expect(happened).toEqual(["published to ambit-prod-policy and ambit-prod-registry"]);
  });

  test("what is not to be published is not, and nothing behind it is applied", async () => {
    const { terraform, deploy, happened } = world({ answers: ["yes", "no"] });
    expect((await deploy()).code).toBe(3);
    expect([terraform.isApplied("spire"), happened]).toEqual([false, []]);
  });
});

describe("a part of the stacks", () => {
  test("is applied in its order, and publishes too", async () => {
    const { terraform, deploy, happened } = world();
    await deploy("--auto-approve", "--stacks", "agents,control");
    expect(terraform.calls()).toEqual(done("apply").slice(6));
    expect(happened).toEqual(["published to ambit-prod-policy and ambit-prod-registry"]);
  });

  test("publishes when it ends with the stack that makes the places", async () => {
    const { terraform, deploy, happened } = world();
    await deploy("--auto-approve", "--stacks", "foundation");
    expect([terraform.isApplied("spire"), happened]).toEqual([
      false,
      ["published to ambit-prod-policy and ambit-prod-registry"],
    ]);
  });
});

test("with --json there is one event a line, and what Terraform says is elsewhere", async () => {
  const { deploy } = world();
  const { stdout, stderr } = await deploy("--auto-approve", "--json", "--stacks", "foundation");
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { event: string });
  expect(events).toEqual([
    {
      event: "begin",
      act: "deploy",
      digest: digest(),
      reviewed: false,
      stacks: ["foundation"],
      binary: expect.stringContaining("terraform"),
      version: "1.99.0",
    },
    { event: "stack", stack: "foundation", result: "applied", changes: { add: 2, change: 1, destroy: 1 } },
    { event: "published", what: "registry", result: "published", from: 3, revision: 4, target: "table" },
    { event: "published", what: "bundle", result: "published", from: 3, revision: 4, target: "bucket" },
    { event: "end", result: "deployed" },
  ]);
  expect(stderr).toContain("Plan: something to do");
});

test("the program is the one of TERRAFORM_BINARY_NAME, unless another is named", async () => {
  const { terraform } = world();
  const before = process.env.TERRAFORM_BINARY_NAME;
  process.env.TERRAFORM_BINARY_NAME = terraform.binary;
  try {
    const args = ["deploy", folder, "--auto-approve", "--no-publish", "--stacks", "foundation"];
    expect((await called([deployCommand], ...args)).code).toBe(0);
    expect(terraform.isApplied("foundation")).toBe(true);
  } finally {
    if (before === undefined) delete process.env.TERRAFORM_BINARY_NAME;
    else process.env.TERRAFORM_BINARY_NAME = before;
  }
});

test("no plan is left behind, as it holds what is secret", async () => {
  const { deploy } = world();
  const { stderr } = await deploy("--auto-approve", "--stacks", "foundation");
  const left = readFileSync(join(place.path, ".ambit-deploy-cdktf.out", "stacks", "foundation", "cdk.tf.json"), "utf8");
  expect(left).toContain("policy_bucket");
  expect(stderr).not.toContain("ambit-plan-");
});
