import { deepStrictEqual as equal, ok } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Running } from "../../support/companion/running";
import { answers, run } from "../harness/process";
import { type Check, Skipped, type Suite } from "../harness/suite";

const PAGE = resolve(__dirname, "../../../docs/get-credentials-in-an-agent.md");
const CLIENT = resolve(__dirname, "../../../client/python/src");
const FENCED = /^```(?:sh|python) (\S+)\n([\s\S]*?)^```$/gm;

/** Blocks of the page by the file that each one is said to be */
function blocks(): Readonly<Record<string, string>> {
  const found = [...readFileSync(PAGE, "utf8").matchAll(FENCED)];
  return Object.fromEntries(found.map(([, file = "", content = ""]) => [file, content]));
}

/** What the page for agents shows in other languages, on the real companion; TypeScript is run by test/docs. */
export function agentPageChecks(suite: Suite, python: Check<string>): void {
  const curl = suite.check("curl is there", [], async () => {
    if ((await answers("curl", ["--version"])) === undefined) throw new Skipped("no curl on the PATH");
  });
  suite.check("agents: curl begins a run, goes on with it, and gets AWS credentials", [curl], () =>
    onPage(async (page) => {
      const begun = await page.shell("begin.sh", { USER_TOKEN: "a.b.c" });
      equal((begun["token"] as { access_token: string }).access_token, "token-1");
      const handed = await page.shell("token.sh", { RUN: begun["run"] as string });
      equal([handed["access_token"], handed["audience"]], ["token-2", "exchange"]);
      const credentials = await page.shell("credentials.sh", { RUN: begun["run"] as string });
      equal(credentials["AccessKeyId"], "ASIA1");
    }),
  );
  suite.check("agents: Python does too, by its client, and boto3 with what that gives", [python], ([program]) =>
    onPage(async (page) => {
      const { exchange } = page.running;
      equal(await page.python(program), ["token-1", "token-2", "ASIA1"]);
      const audiences = exchange.to("/token").map(({ form }) => form["audience"]);
      equal(audiences, ["tool:zendesk", "exchange", "aws"]);
      ok(exchange.to("/revoke").length > 0, "the run was ended");
    }),
  );
  suite.check("agents: neither curl nor Python sends evidence to a proxy", [curl, python], ([, program]) =>
    onPage(async (page) => {
      const begun = await page.shell("begin.sh", { USER_TOKEN: "a.b.c", ...NO_SUCH_PROXY });
      equal((begun["token"] as { access_token: string }).access_token, "token-1");
      equal(await page.python(program, NO_SUCH_PROXY), ["token-2", "token-3", "ASIA1"]);
    }),
  );
}

async function onPage(act: (page: Page) => Promise<void>): Promise<void> {
  const page = await Page.open();
  try {
    await act(page);
  } finally {
    await page.close();
  }
}

/** Every request to it fails. */
const NO_SUCH_PROXY = {
  http_proxy: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  no_proxy: "",
  NO_PROXY: "",
};

/** What would come before the companion in the order of an SDK */
const OTHER_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_CONFIG_FILE: "/nowhere",
  AWS_SHARED_CREDENTIALS_FILE: "/nowhere",
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Tells what the sample gives to the work */
const WORK = `import agent, json
work = lambda tool, lookup, session: [tool.value, lookup.value, session.get_credentials().access_key]
print(json.dumps(agent.answer("a.b.c", work)))`;

/** The page's blocks as files, beside a companion */
class Page {
  private constructor(
    private readonly folder: string,
    public readonly running: Running,
  ) {}

  public static async open(): Promise<Page> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-agent-page-"));
    for (const [file, content] of Object.entries(blocks())) writeFileSync(join(folder, file), content);
    const running = new Running();
    // boto3 looks at the real time, and the suites before this one may have taken an hour.
    running.now = Math.floor(Date.now() / 1000);
    return new Page(folder, await running.start());
  }

  public async shell(file: string, env: Readonly<Record<string, string>>): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse(await this.said("sh", [file], env)) as Readonly<Record<string, unknown>>;
  }

  public async python(program: string, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
    return JSON.parse(await this.said(program, ["-B", "-c", WORK], { PYTHONPATH: CLIENT, ...env })) as unknown;
  }

  public async close(): Promise<void> {
    rmSync(this.folder, { recursive: true });
    await this.running.close();
  }

  private async said(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
    const own = { AMBIT_COMPANION_URL: this.running.url, ...OTHER_CREDENTIALS, ...env };
    const { code, stdout, stderr } = await run(command, [...args], { cwd: this.folder, env: own });
    equal(code, 0, stderr);
    return stdout;
  }
}
