import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deployCommand, type Parts } from "../../../cli/deploy";
import type { PublishAll } from "../../../cli/deploy/publish-all";
import { digestOf, filesOf } from "../../../review/digest";
import { called, scratch } from "../../support/cli";
import { fakeTerraform } from "./fake-terraform";

const DRIVER = "csi.spiffe.io";
const csi = { template: { spec: { volume: [{ name: "spiffe", csi: { driver: DRIVER, read_only: true } }] } } };
const metadata = (namespace: string, name: string) => ({ namespace, name });
const ISSUER = "https://oidc.prod.acme.example";

/** Small stacks with what a deploy looks at; written out of order, so that the manifest alone gives it */
const STACKS: Readonly<Record<string, { readonly after: readonly string[]; readonly json: object }>> = {
  agents: { after: ["control"], json: {} },
  control: { after: ["trust"], json: {} },
  foundation: {
    after: [],
    json: {
      output: {
        policy_bucket: { value: "ambit-prod-policy" },
        policy_key: { value: "alias/ambit/prod/policy" },
        registry_table: { value: "ambit-prod-registry" },
        registry_key: { value: "alias/ambit/prod/registry" },
        region: { value: "eu-central-1" },
      },
    },
  },
  spire: {
    after: ["foundation"],
    json: {
      output: { issuer: { value: ISSUER }, issuer_address: { value: '${try(x, "")}' } },
      resource: {
        kubernetes_manifest: { driver: { manifest: { kind: "CSIDriver", metadata: { name: DRIVER } } } },
        kubernetes_daemon_set_v1: { driver: { metadata: metadata("spire-system", "spiffe-csi-driver") } },
        kubernetes_deployment_v1: {
          oidc: { metadata: metadata("spire-server", "oidc"), spec: csi },
          other: { metadata: metadata("spire-server", "other") },
        },
      },
    },
  },
  trust: { after: ["spire"], json: { resource: { aws_iam_openid_connect_provider: { oidc: { url: ISSUER } } } } },
};
const ORDER = ["foundation", "spire", "trust", "control", "agents"];

const place = scratch("deploy");
const folder = join(place.path, "cdktf.out");
const review = join(place.path, "review.json");

function write(file: string, value: object | string): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
}

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  const entries = Object.entries(STACKS).map(([name, { after, json }]) => {
    write(`stacks/${name}/cdk.tf.json`, json);
    return [name, { name, dependencies: after, synthesizedStackPath: `stacks/${name}/cdk.tf.json` }];
  });
  write("manifest.json", { stacks: Object.fromEntries(entries) });
  write("ambit/registry.json", {});
  write("ambit/bundle.tar.gz", "bundle");
});

const READY = { metadata: { generation: 1 }, status: { observedGeneration: 1 } };
const ready = (nodes: number) => ({
  ...READY,
  status: {
    ...READY.status,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberReady: nodes,
    numberAvailable: nodes,
  },
});
const pod = (name: string, phase = "Running") => ({
  metadata: metadata("support", name),
  spec: { volumes: [{ csi: { driver: DRIVER } }] },
  status: { phase },
});

interface World extends Partial<Parts> {
  /** What the API server says, one answer after the other; the last stays */
  readonly cluster?: Readonly<Record<string, readonly unknown[]>>;
  readonly answers?: readonly string[];
}

/** A deploy with a fake Terraform, a fake cluster and a fake issuer; everything that happened in one list */
function world({ cluster = {}, answers, ...changes }: World = {}) {
  const terraform = fakeTerraform();
  const happened: string[] = [];
  const asked: string[] = [];
  const looks = new Map<string, number>();
  const answerOf = (path: string): unknown => {
    const defaults = { daemonsets: [ready(2)], pods: [{ items: [] }] };
    const found = [...Object.entries(cluster), ...Object.entries(defaults)].find(([part]) => path.includes(part));
    const at = looks.get(path) ?? 0;
    looks.set(path, at + 1);
    const given = (found as [string, readonly unknown[]])[1];
    return given[Math.min(at, given.length - 1)];
  };
  const parts: Parts = {
    isTerminal: () => answers !== undefined,
    ask: async (question) => {
      asked.push(question.trim());
      return answers?.[asked.length - 1] ?? "";
    },
    sleep: async () => void happened.push("slept"),
    publish: async ({ places }: PublishAll) => {
      happened.push(`published to ${places.policy_bucket} and ${places.registry_table}`);
      const one = { result: "published", from: 3, revision: 4, keyId: "k", signed: { digest: "d", bytes: 1 } } as const;
      return [
        { what: "registry", target: "table", ...one },
        { what: "bundle", target: "bucket", ...one },
      ];
    },
    fetchJson: async (url) => (url.endsWith("/keys") ? { keys: [{}] } : { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }),
    clusterOf: async () => ({
      get: async (path: string) => {
        happened.push(`asked for ${path.split("?")[0]}`);
        return answerOf(path);
      },
    }),
    ...changes,
  };
  const deploy = (...args: readonly string[]) =>
    called([(io) => deployCommand(io, parts)], "deploy", folder, "--binary", terraform.binary, ...args);
  return { terraform, happened, asked, deploy };
}

const done = (act: string) => ORDER.flatMap((stack) => [`plan -out in ${stack}`, `${act} plan in ${stack}`]);
const digest = () => digestOf(filesOf(folder));

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

test("the reviewed folder stays as it was, whatever Terraform writes", async () => {
  const { deploy } = world();
  const before = digest();
  await deploy("--auto-approve");
  expect(digest()).toBe(before);
  expect(existsSync(join(place.path, ".ambit-deploy", "stacks", "spire", ".terraform"))).toBe(true);
});

test("a file that is gone from the folder is gone from what is applied, and what Terraform keeps stays", async () => {
  write("stacks/spire/assets/old", "x");
  const { deploy } = world();
  await deploy("--auto-approve");
  const copied = (file: string) => existsSync(join(place.path, ".ambit-deploy", "stacks", "spire", file));
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

  test("nobody can be asked and nobody said that nobody need be", async () => {
    const { code, stderr } = await refused(world());
    expect(code).toBe(2);
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
    ["a wait is no number", ["--wait", "long"], /--wait must be a whole number from 0, got "long"/],
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

describe("what Terraform does not wait for", () => {
  test("a DaemonSet is waited for until it is ready on every node", async () => {
    const { deploy, happened, terraform } = world({
      cluster: { daemonsets: [undefined, { metadata: { generation: 2 }, status: {} }, ready(1), ready(2)] },
    });
    expect((await deploy("--auto-approve")).code).toBe(0);
    expect(happened.filter((each) => each === "slept")).toHaveLength(3);
    expect(terraform.isApplied("agents")).toBe(true);
  });

  test.each([
    [
      "is not ready",
      ready(1),
      "ready on 1 of 2 nodes: kubectl -n spire-system rollout status daemonset/spiffe-csi-driver",
    ],
    ["runs nowhere", { ...READY, status: { observedGeneration: 1 } }, "runs on no node"],
    ["is gone", undefined, "daemonset spire-system/spiffe-csi-driver is not there"],
  ])("where it %s in time, nothing behind it is applied, and the code says so", async (_, answer, message) => {
    const { deploy, terraform } = world({ cluster: { daemonsets: [answer] } });
    const { code, stderr } = await deploy("--auto-approve", "--wait", "1");
    expect([code, terraform.isApplied("trust")]).toEqual([4, false]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["does not answer", async () => Promise.reject(new Error("x does not answer: ENOTFOUND")), "ENOTFOUND"],
    [
      "is another",
      async () => ({ issuer: "https://evil.example" }),
      'must say that it is https://oidc.prod.acme.example, got "https://evil',
    ],
    ["names no keys", async () => ({ issuer: ISSUER }), "does not say where its keys are"],
    ["has no keys", async () => ({ issuer: ISSUER, jwks_uri: "https://k", keys: [] }), "https://k has no keys"],
  ])(
    "where the issuer %s, trust is not applied, and the address is named to which it must lead",
    async (_, fetchJson, message) => {
      const { deploy, terraform } = world({ fetchJson });
      terraform.says("spire", "lb.example");
      const { code, stderr } = await deploy("--auto-approve", "--wait", "0");
      expect([code, terraform.isApplied("spire"), terraform.isApplied("trust")]).toEqual([4, true, false]);
      expect(stderr).toContain(message);
      expect(stderr).toContain("its name must lead to lb.example");
    },
  );
});

describe("--destroy", () => {
  const deployed = async (changes: World = {}) => {
    const made = world(changes);
    await made.deploy("--auto-approve");
    made.terraform.calls();
    made.happened.length = 0;
    return made;
  };

  test("goes in reverse, and takes the driver away when no pod has a volume of it any more", async () => {
    const { deploy, terraform, happened } = await deployed({
      cluster: { pods: [{ items: [pod("a")] }, { items: [pod("b", "Succeeded")] }] },
    });
    const { code, stdout } = await deploy("--auto-approve", "--destroy");
    expect(code).toBe(0);
    expect(terraform.calls()).toEqual([
      ...["agents", "control", "trust"].flatMap((name) => [`plan -out -destroy in ${name}`, `apply plan in ${name}`]),
      "plan -out -destroy in spire",
      "plan -out -destroy -target=kubernetes_deployment_v1.oidc in spire",
      "apply plan in spire",
      "plan -out -destroy in spire",
      "apply plan in spire",
      "plan -out -destroy in foundation",
      "apply plan in foundation",
    ]);
    expect(happened).toEqual(["asked for /api/v1/pods", "slept", "asked for /api/v1/pods"]);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("destroyed");
  });

  test("leaves the driver where a pod keeps its volume, names the pod and the page, and has a code of its own", async () => {
    const { deploy, terraform } = await deployed({
      cluster: { pods: [{ items: Array.from({ length: 7 }, (_, at) => pod(`p${at}`)) }] },
    });
    const { code, stderr } = await deploy("--auto-approve", "--destroy", "--wait", "0");
    expect([code, terraform.isApplied("spire"), terraform.isApplied("foundation")]).toEqual([4, true, true]);
    expect(stderr).toContain(`volumes of ${DRIVER} are mounted by support/p0, support/p1,`);
    expect(stderr).toContain("and 2 more: without the driver no node can unmount them: see docs/destroy-a-platform.md");
  });

  test("looks at every page of pods", async () => {
    const first = { metadata: { continue: "next" }, items: [] };
    const { deploy } = await deployed({ cluster: { "continue=next": [{ items: [pod("late")] }], pods: [first] } });
    const { code, stderr } = await deploy("--auto-approve", "--destroy", "--wait", "0");
    expect([code, stderr.includes("support/late")]).toEqual([4, true]);
  });

  test("publishes nothing, and asks first", async () => {
    const { deploy, terraform, happened, asked } = await deployed({ answers: ["no"] });
    expect((await deploy("--destroy")).code).toBe(3);
    expect(asked).toEqual(["Destroy agents: 0 to add, 0 to change, 1 to destroy? Only yes is taken:"]);
    expect([terraform.isApplied("agents"), happened]).toEqual([true, []]);
  });

  test("of what is gone does nothing, and asks no cluster", async () => {
    const { deploy, happened } = world();
    expect((await deploy("--auto-approve", "--destroy")).code).toBe(0);
    expect(happened).toEqual([]);
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
  const left = readFileSync(join(place.path, ".ambit-deploy", "stacks", "foundation", "cdk.tf.json"), "utf8");
  expect(left).toContain("policy_bucket");
  expect(stderr).not.toContain("ambit-plan-");
});
