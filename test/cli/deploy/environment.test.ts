import { relative } from "node:path";
import { shownOf } from "../../../cli/deploy/environment";
import { world } from "./world";

test.each(["TF_CLI_ARGS", "TF_CLI_ARGS_plan", "TF_WORKSPACE", "TF_DATA_DIR", "TF_VAR_x", "TF_REATTACH_PROVIDERS"])(
  "a deploy that %s redirects is called wrongly: 64, and nothing is done",
  async (name) => {
    process.env[name] = "x";
    try {
      const { deploy, terraform, happened } = world();
      const { code, stderr } = await deploy("--auto-approve");
      expect([code, stderr]).toEqual([64, expect.stringContaining(`unset ${name}`)]);
      expect([terraform.calls(), happened]).toEqual([[], []]);
    } finally {
      delete process.env[name];
    }
  },
);

test("all that redirect are named, what is empty is not set, and where providers come from is shown", () => {
  expect(() => shownOf({ TF_WORKSPACE: "a", TF_CLI_ARGS_apply: "b", TF_LOG: "c" })).toThrow(
    "unset TF_CLI_ARGS_apply, TF_WORKSPACE",
  );
  const environment = { TF_WORKSPACE: "", TF_IN_AUTOMATION: "1", TF_CLI_CONFIG_FILE: "/c", TF_PLUGIN_CACHE_DIR: "/p" };
  expect(shownOf(environment)).toEqual(["TF_CLI_CONFIG_FILE=/c", "TF_PLUGIN_CACHE_DIR=/p"]);
});

test("a program that is named by a relative path is meant from where the command is called", async () => {
  const { deploy, terraform } = world();
  const { code } = await deploy("--auto-approve", "--binary", relative(process.cwd(), terraform.binary));
  expect([code, terraform.isApplied("agents")]).toEqual([0, true]);
});
