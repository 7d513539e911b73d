import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { startBrowser } from "./browser";

/** Of the README */
const PICTURE = "docs/images/review.png";
/** A picture is loaded with the page that shows it. */
const MOST_BYTES = 200_000;
const WINDOW = { width: 1_200, height: 1_440 };
/** About as wide as a README is shown */
const SCALE = 0.75;

const ROOT = resolve(__dirname, "../../..");

/** The pull request of the picture: refunds are paid without approval, and a researcher reads one dataset more */
const PULL_REQUEST = {
  "fleet/agents/refund-clerk.ts": [
    ['      approval: Approval.from("finance-controllers", { decisionGoodFor: "10m" }),\n', ""],
  ],
  "fleet/agents/researcher.ts": [
    ["import { articles }", "import { articles, digests }"],
    ["articles.list()]", "articles.list(), digests.read()]"],
  ],
};

function run(args: readonly string[], env: NodeJS.ProcessEnv, expected: number): void {
  const options = { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...env } } as const;
  const { status, stderr, stdout } = spawnSync(process.execPath, ["-r", "@swc-node/register", ...args], options);
  if (status !== expected) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}${stdout}`);
}

/** The page that `ambit review --html` writes of the pull request */
function reviewPage(folder: string): string {
  const [base, head, page] = ["base.out", "head.out", "review.html"].map((name) => join(folder, name));
  const edits = JSON.stringify(PULL_REQUEST);
  run(["cli/synth.ts"], { CDKTF_OUTDIR: base }, 0);
  run(["-r", "./test/support/edited-source.ts", "cli/synth.ts"], { CDKTF_OUTDIR: head, AMBIT_TEST_EDITS: edits }, 0);
  // 2: approval is needed.
  run(["cli/ambit.ts", "review", base as string, head as string, "--html", page as string], {}, 2);
  return page as string;
}

async function pictureOf(page: string): Promise<Buffer> {
  const browser = await startBrowser();
  try {
    const tab = await browser.newPage({ viewport: WINDOW, deviceScaleFactor: SCALE, colorScheme: "light" });
    await tab.goto(pathToFileURL(page).href);
    return await tab.screenshot({ type: "png", animations: "disabled" });
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-picture-"));
  try {
    const picture = await pictureOf(reviewPage(folder));
    if (picture.length > MOST_BYTES)
      throw new Error(`${PICTURE} would be ${picture.length} bytes, above ${MOST_BYTES}`);
    mkdirSync(join(ROOT, dirname(PICTURE)), { recursive: true });
    writeFileSync(join(ROOT, PICTURE), picture);
    process.stdout.write(`${PICTURE}: ${picture.length} bytes\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
