import { runChild } from "../../../cli/deploy/child";
import { mounting, placesIn, type StackFile } from "../../../cli/deploy/plan";
import { mountedBy } from "../../../cli/deploy/waits";
import { DRIVER, metadata, STACKS, world, write } from "./world";

const FOUNDATION = STACKS["foundation"]?.json as Required<StackFile>;
const stack = (name: string, file: StackFile) => ({ name, workingDirectory: `stacks/${name}`, file });
const said = (place: string, value: string): StackFile => ({
  ...FOUNDATION,
  output: { ...FOUNDATION.output, [place]: { value } },
});

describe("where to publish", () => {
  test("is what the one stack says that makes it", () => {
    expect(placesIn([stack("aaa", {}), stack("own", FOUNDATION)])?.stack).toBe("own");
  });

  test.each([
    [
      "policy_bucket",
      "evil",
      /policy_bucket of stack foundation must name an aws_s3_bucket that the stack makes, got "evil"/,
    ],
    ["policy_key", "alias/evil", /policy_key of stack foundation must name an aws_kms_alias/],
    ["registry_table", "evil", /registry_table of stack foundation must name an aws_dynamodb_table/],
    ["registry_key", "alias/evil", /registry_key of stack foundation must name an aws_kms_alias/],
    ["region", "us-east-1", /region of stack foundation must be that of its AWS provider, got "us-east-1"/],
  ])("is refused where %s is none that the stack makes", (place, value, message) => {
    expect(() => placesIn([stack("foundation", said(place, value))])).toThrow(message);
  });

  test("is refused where two stacks say it, in part even, before anything is applied", async () => {
    write("stacks/agents/cdk.tf.json", { output: { registry_table: { value: "evil" } } });
    const { deploy, terraform, happened } = world();
    const { code, stderr } = await deploy("--auto-approve");
    expect([code, stderr]).toEqual([1, expect.stringContaining("one stack must say where to publish, got foundation")]);
    expect([terraform.calls(), happened]).toEqual([[], []]);
  });
});

test.each([
  ["with arguments before the driver", { name: "v", csi: { read_only: true, driver: DRIVER } }],
  ["as a list of blocks", { name: "v", csi: [{ driver: DRIVER }] }],
])("a workload whose volume is written %s mounts it", (_, volume) => {
  const spec = { template: { spec: { volume: [volume] } } };
  const file = { resource: { kubernetes_deployment_v1: { a: { metadata: metadata("n", "a"), spec } } } };
  expect(mounting(stack("s", file), DRIVER).map(({ name }) => name)).toEqual(["a"]);
  expect(mounting(stack("s", file), "csi.other.io")).toEqual([]);
});

test.each([[undefined], [{}]])("an answer without pods is not that no pod mounts it: %j", async (answer) => {
  expect(await mountedBy({ get: async () => answer }, DRIVER)).toMatch(/did not answer with a list of its pods/);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s is passed on to the program, once", async (signal) => {
  const program = "trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.1; done";
  const ended = await runChild("/bin/sh", ["-c", program], {
    cwd: "/",
    said: (text) => {
      if (text.includes("ready")) process.emit(signal);
    },
  });
  expect([ended.code, ended.stdout]).toEqual([3, "ready\ninterrupted\n"]);
});
