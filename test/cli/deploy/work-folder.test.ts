import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { folder, place, world, write } from "./world";

const work = join(place.path, ".ambit-deploy-cdktf.out");
const inWork = (...path: readonly string[]) => join(work, ...path);
const victim = join(place.path, "victim");

beforeEach(() => {
  for (const path of [work, victim, join(place.path, ".git")]) rmSync(path, { recursive: true, force: true });
});

async function refused(message: RegExp): Promise<void> {
  const { deploy, terraform, happened } = world();
  const { code, stderr } = await deploy("--auto-approve");
  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  expect([terraform.calls(), happened]).toEqual([[], []]);
}

async function deployed(): Promise<void> {
  expect((await world().deploy("--auto-approve", "--no-publish", "--stacks", "agents")).code).toBe(0);
}

describe("a work folder is refused, and nothing in it is touched, where", () => {
  test("it is a link", async () => {
    mkdirSync(victim);
    writeFileSync(join(victim, "precious"), "");
    symlinkSync(victim, work);
    await refused(/made for you alone, and is a symbolic link/);
    expect(existsSync(join(victim, "precious"))).toBe(true);
  });

  test("this tool did not make it", async () => {
    mkdirSync(work, { mode: 0o700 });
    writeFileSync(inWork("precious"), "");
    await refused(/holds no \.made-by-ambit-deploy: remove it/);
    expect(existsSync(inWork("precious"))).toBe(true);
  });

  test("its marker is a link", async () => {
    await deployed();
    rmSync(inWork(".made-by-ambit-deploy"));
    symlinkSync("manifest.json", inWork(".made-by-ambit-deploy"));
    await refused(/holds no \.made-by-ambit-deploy/);
  });

  test("others can write in it", async () => {
    await deployed();
    chmodSync(work, 0o755);
    await refused(/can be read or written by others/);
  });

  test("it came with the source", async () => {
    await deployed();
    execFileSync("git", ["init", "-q", place.path]);
    execFileSync("git", ["-C", place.path, "add", "-f", ".ambit-deploy-cdktf.out/manifest.json"]);
    await refused(/is in git/);
  });

  test("it is a file", async () => {
    writeFileSync(work, "");
    await refused(/is no folder/);
  });
});

test("a planted workspace, provider and link are removed; states and versions stay", async () => {
  await deployed();
  const app = (...path: readonly string[]) => inWork("stacks", "agents", ...path);
  const put = (path: string, text: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
  };
  put(app(".terraform", "environment"), "evil");
  put(app("terraform.d", "plugins", "p"), "evil");
  symlinkSync("/etc/passwd", app("terraform.tfstate.backup"));
  for (const kept of ["terraform.tfstate", "errored.tfstate"]) put(app(kept), kept);
  await deployed();
  expect(existsSync(app(".terraform", "environment"))).toBe(false);
  expect([existsSync(app("terraform.d")), existsSync(app("terraform.tfstate.backup"))]).toEqual([false, false]);
  for (const kept of ["terraform.tfstate", "errored.tfstate"]) expect(readFileSync(app(kept), "utf8")).toBe(kept);
});

test("what became a file in the folder is one in the copy", async () => {
  const uses = (file: string) => write("stacks/agents/cdk.tf.json", { locals: { file } });
  uses("assets/Code/1/x");
  write("stacks/agents/assets/Code/1/x", "");
  await deployed();
  rmSync(join(folder, "stacks/agents/assets"), { recursive: true });
  uses("assets/Code/1");
  write("stacks/agents/assets/Code/1", "now a file");
  await deployed();
  expect(readFileSync(inWork("stacks/agents/assets/Code/1"), "utf8")).toBe("now a file");
});

describe("a lock", () => {
  const DEAD = 2 ** 22 + 1;
  const locked = async (content: string) => {
    await deployed();
    writeFileSync(inWork(".lock"), content);
  };

  test.each([
    ["a living process", `${process.pid} ${hostname()}\n`],
    ["a process of another machine", `${DEAD} elsewhere\n`],
    ["something unknown", ""],
  ])("of %s is respected", async (_, content) => {
    await locked(content);
    await refused(/another deploy of this folder is under way, process .* wait for it, or remove .*\.lock/);
    expect(readFileSync(inWork(".lock"), "utf8")).toBe(content);
  });

  test("of a dead process is taken over, and none is left", async () => {
    await locked(`${DEAD} ${hostname()}\n`);
    await deployed();
    expect(existsSync(inWork(".lock"))).toBe(false);
  });

  test("is held while it works, and given back when a step fails", async () => {
    const seen: boolean[] = [];
    const { deploy, terraform } = world({
      publish: async () => {
        seen.push(existsSync(inWork(".lock")));
        return [];
      },
    });
    terraform.fail("plan", "agents");
    expect((await deploy("--auto-approve")).code).toBe(1);
    expect([seen, existsSync(inWork(".lock"))]).toEqual([[true], false]);
  });
});

test.each([
  ["changed", "stacks/agents/cdk.tf.json"],
  ["added", "stacks/agents/terraform.d/plugins/p"],
  ["added", "stacks/agents/more.tf.json"],
])("a file that is %s in the copy after it was verified ends it: %s", async (_, file) => {
  const { deploy, terraform } = world({
    publish: async () => {
      mkdirSync(inWork(file, ".."), { recursive: true });
      writeFileSync(inWork(file), "{}\n");
      return [];
    },
  });
  const { code, stderr } = await deploy("--auto-approve");
  expect([code, stderr]).toEqual([1, expect.stringMatching(`${file} is not what was verified any more`)]);
  expect([terraform.isApplied("control"), terraform.isApplied("agents")]).toEqual([true, false]);
});

test("a file that is changed while a person looks at the plan is not applied", async () => {
  const { deploy, terraform } = world({
    isTerminal: () => true,
    ask: async () => {
      writeFileSync(inWork("stacks/foundation/cdk.tf.json"), "{}\n");
      return "yes";
    },
  });
  expect((await deploy()).stderr).toContain("is not what was verified any more");
  expect(terraform.isApplied("foundation")).toBe(false);
});
