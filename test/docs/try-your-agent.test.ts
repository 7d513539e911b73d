import { execFile, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { scratch } from "../support/cli";
import { synthesized } from "../support/explaining";
import { programOf } from "../support/program";
import { PAGES, ROOT } from "./pages";

// The program loads the fleet and its constructs.
jest.setTimeout(120_000);

const shell = promisify(execFile);
const { text = "" } = PAGES.find(({ path }) => path === "docs/try-your-agent.md") ?? {};
/** What the page tells its reader to type */
const [STORY = "", START = "", EXPLAIN = "", OWN = ""] = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
  (match) => match[1],
);
const folder = scratch("try");

interface Running {
  readonly child: ReturnType<typeof spawn>;
  readonly companions: Readonly<Record<string, string>>;
  readonly commands: readonly { readonly name: string; readonly command: string }[];
}

/** As the page starts it, but at free ports and for a program to read */
async function started(): Promise<Running> {
  const [, args = "", log = ""] = /^npm run dev -- (.*) 2> (\S+)\n$/.exec(START) ?? [];
  const errors = openSync(join(folder.path, log), "w");
  const program = [await programOf("cli/dev/main.ts"), ...args.split(" "), "--port", "0", "--json", "--forwarder"];
  const child = spawn(process.execPath, program, {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder.path },
    stdio: ["ignore", "pipe", errors],
  });
  closeSync(errors);
  return new Promise((resolve, reject) => {
    let out = "";
    child.stdout?.on("data", (data: Buffer) => {
      out += data.toString();
      if (out.endsWith("}\n")) resolve({ child, ...JSON.parse(out) });
    });
    child.once("close", (code) => reject(new Error(`ended with ${code}`)));
  });
}

let running: Running;
beforeAll(async () => (running = await started()));
afterAll(() => running.child.kill("SIGKILL"));

async function answerTo(command: string): Promise<Record<string, unknown>> {
  const { stdout } = await shell("bash", ["-c", command]);
  return JSON.parse(stdout);
}

function printed(): string {
  const { command = "" } = running.commands.find(({ name }) => name === "build-watcher.summarise") ?? {};
  return command;
}

test("the page names its agent, and no other runs", () => {
  expect(Object.keys(running.companions)).toEqual(["build-watcher"]);
});

test("what the page asks for is given as it says", async () => {
  expect(text).toContain("printed for the task `summarise`");
  expect(await answerTo(printed())).toMatchObject({ task: "summarise", token: { token_type: "Bearer" } });
});

test("the page begins with the story, whose options there are", () => {
  expect(STORY).toBe("npm run dev -- --story\n");
  expect(readFileSync(join(ROOT, "cli/dev/options.ts"), "utf8")).toMatch(/^ {2}--story /m);
});

test("the call that the page shows is printed, and its stand-in gets nothing of the agent", async () => {
  const [, name = "", path = ""] =
    /^(build-watcher\.summarise [\w.]+): .*\ncurl -sS 'http:\/\/127\.0\.0\.1:7464(\S+)'$/m.exec(text) ?? [];
  const { command = "" } = running.commands.find((each) => each.name === name) ?? {};
  expect(command).toContain(path);
  const answer = await answerTo(command);
  expect(answer["stand_in"]).toMatchObject({
    for: "github.pull",
    received: { headers: { authorization: "Bearer development-only-ci-reader" } },
  });
  const other = /^`(\/repos\/\S+)`: `call\.unrecognised`/m.exec(text)?.[1] ?? "";
  const called = command.replace(/github\/repos\/[^']*/, `github${other}`);
  expect(await answerTo(called)).toMatchObject({ reasons: [{ code: "call.unrecognised" }] });
});

test("what the page says is refused is refused, and explained from the log", async () => {
  const [, right = "", wrong = ""] = /with `(\S+)` misspelt as `(\S+)`/.exec(text) ?? [];
  expect(await answerTo(printed().replace(right, wrong))).toMatchObject({
    reasons: [{ code: "audience.not-granted", fix: expect.stringContaining("tool:github") }],
  });
  folder.put("cdktf.out/ambit/policy.json", synthesized.policy);
  folder.put("cdktf.out/ambit/sources.json", synthesized.sources);
  const [synth, explain = ""] = EXPLAIN.trimEnd().split("\n");
  expect(synth).toBe("npm run synth");
  expect(explain).toContain("npm run --silent ambit --");
  const program = `${process.execPath} ${await programOf("cli/ambit.ts")}`;
  const { stdout } = await shell("bash", ["-c", explain.replace("npm run --silent ambit --", program)], {
    cwd: folder.path,
  });
  expect(stdout).toContain("build-watcher.summarise asks for a token for tool:githb");
  expect(stdout).toContain("audience.not-granted");
  expect(stdout).toContain("such as tool:github");
});

test("the variable by which the page sets the address is the client's", () => {
  const [variable = "nothing"] = OWN.split("=");
  expect(readFileSync(join(ROOT, "client/typescript/companion.ts"), "utf8")).toContain(`"${variable}"`);
});
