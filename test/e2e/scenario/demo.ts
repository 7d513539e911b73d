import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bold, dim, green, red, wrapped, yellow } from "../../../cli/terminal";
import { asJson } from "../harness/report";
import { putAwayOnSignal } from "../harness/signals";
import { type Check, Suite } from "../harness/suite";
import { storyPage } from "./page/story-page";
import type { FactKind, Scene } from "./story";
import { scenarioSuite } from "./suite";

const PAGE = "ambit-story.html";
const HELP = `Usage: npm run demo [-- --page FILE] [--json]

Plays one story through the whole platform on a real Kubernetes node of this machine (Linux, root): agents at work,
what stops them, a person who approves, the kill, what is on record, and the review of a change. Some five minutes.

  --page FILE  write the story as a page there @default ${PAGE}
  --json       print the steps as JSON at the end, the story itself on standard error
  --help       print this text

Exit codes: 0 each step passed, 1 one failed, 2 unknown option or a page that cannot be written,
3 it cannot be played on this machine.
`;
const EXIT = { passed: 0, failed: 1, unknown: 2, skipped: 3 } as const;

const INK: Readonly<Partial<Record<FactKind, (text: string) => string>>> = {
  allowed: green,
  proven: green,
  refused: red,
  measured: yellow,
};
const KIND_WIDTH = 10;

/** What is told of a step, as it has just ended */
function told({ title, facts, check }: Scene): string {
  const lines = facts.map(({ kind, text, detail }) => {
    const said = detail === undefined ? text : `${text} (${detail})`;
    return wrapped(said, " ".repeat(KIND_WIDTH + 4), `    ${(INK[kind] ?? dim)(kind.padEnd(KIND_WIDTH))}`);
  });
  const { outcome } = check;
  const reason =
    outcome === undefined || outcome.result === "passed" ? "" : `    ${red(outcome.result)} ${outcome.reason}\n`;
  return `  ${title}  ${dim(`${check.seconds.toFixed(1)} s`)}\n${lines.join("")}${reason}`;
}

async function play(suite: Suite, scenes: readonly Scene[], write: (text: string) => void): Promise<void> {
  let chapter = "";
  for (const check of suite.checks) {
    const scene = scenes.find((one) => one.check === check);
    if (scene !== undefined && scene.chapter !== chapter) write(`\n${bold((chapter = scene.chapter))}\n`);
    await check.run();
    write(scene === undefined ? prepared(check) : told(scene));
  }
}

function prepared({ name, seconds, outcome }: Check): string {
  const reason =
    outcome === undefined || outcome.result === "passed" ? "" : `  ${red(outcome.result)}: ${outcome.reason}`;
  return dim(`  … ${name}  ${seconds.toFixed(1)} s${reason}\n`);
}

async function main(argv: string[]): Promise<number> {
  // The AWS SDK is pinned, and this is no place to be told of later versions.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
  const options = { page: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" } } as const;
  let values;
  try {
    ({ values } = parseArgs({ args: argv, options }));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return EXIT.unknown;
  }
  if (values.help === true) {
    process.stdout.write(HELP);
    return EXIT.passed;
  }
  const file = resolve(values.page ?? PAGE);
  try {
    // Before the minutes that the story takes.
    writeFileSync(file, "");
  } catch (error) {
    process.stderr.write(
      `--page cannot be written, got "${file}": name a file in a folder that is there: ${(error as Error).message}\n`,
    );
    return EXIT.unknown;
  }
  const write = (text: string): unknown => (values.json === true ? process.stderr : process.stdout).write(text);
  const suite = new Suite("scenario");
  const { scenes } = scenarioSuite(suite);
  putAwayOnSignal([suite]);
  try {
    await play(suite, scenes, write);
  } finally {
    await suite.putAway();
  }
  writeFileSync(file, await storyPage(scenes));
  write(`\nThe story as a page: ${pathToFileURL(file).href}\n`);
  if (values.json === true) process.stdout.write(asJson([suite]));
  const results = new Set(suite.checks.map(({ outcome }) => outcome?.result ?? "skipped"));
  return results.has("failed") ? EXIT.failed : results.has("skipped") ? EXIT.skipped : EXIT.passed;
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
