import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainCommand } from "../../cli/explain";
import { simulateCommand } from "../../cli/simulate";
import type { PolicyDocument } from "../../domain";
import { called } from "../support/cli";
import { request, requestLike } from "../support/decisions/request";
import { synthesized } from "../support/explaining";
import { PAGES } from "./pages";

interface Shown {
  readonly page: string;
  readonly command: string;
  readonly output: string;
}

const FENCED = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

/** Files that a page shows: a fenced block names its file behind the language */
const FILES = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(FENCED)].flatMap(([, , file, content = ""]) =>
    file === undefined ? [] : [{ page: path, file, content }],
  ),
);

/** What a page shows of a command and its output */
const SHOWN: readonly Shown[] = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(FENCED)].flatMap(([, , , content = ""]) => {
    const [, command, output = ""] = /^\$ npx (ambit (?:explain|simulate) .*)\n([\s\S]*)$/.exec(content) ?? [];
    return command === undefined ? [] : [{ page: path, command, output }];
  }),
);

const before = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "ambit-commands-"));
beforeAll(() => {
  write("cdktf.out/ambit/policy.json", awake(synthesized.policy));
  write("cdktf.out/ambit/sources.json", synthesized.sources);
  write("base.out/ambit/policy.json", withoutComments(synthesized.policy));
  write(
    "week.ndjson",
    Object.entries(WEEK)
      .map(([name, input]) => `${JSON.stringify({ name, input })}\n`)
      .join(""),
  );
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const PRESS_WRITER = "spiffe://prod.acme.example/ns/communications/sa/press-writer";
/** The week of the page on simulation */
const WEEK = {
  "reads ticket 4711": request(),
  "comments on ticket 4711": requestLike("triage comments on a ticket"),
  "comments at another host": requestLike("triage comments on a ticket", { call: { destination: "zendesk.example" } }),
  "drafts a press release": request({
    agent: { name: "press-writer", spiffeId: PRESS_WRITER },
    task: "draft",
    token: { audience: "tool:editor" },
    call: { tool: "editor", action: "draft", destination: "docs.acme.example", data: ["drafts:write"] },
  }),
};

function write(file: string, content: string): void {
  const path = join(folder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
}

/** The pull request of the page: press-writer is suspended no more */
function awake(policy: string): string {
  const document = JSON.parse(policy) as PolicyDocument;
  Object.assign(document.agents[PRESS_WRITER] ?? {}, {
    suspended: false,
  });
  return JSON.stringify(document);
}

/** The base of the page: support-triage may not comment */
function withoutComments(policy: string): string {
  const document = JSON.parse(policy) as PolicyDocument;
  const actions = document.agents["spiffe://prod.acme.example/ns/support/sa/support-triage"]?.tasks["answer"]?.actions;
  delete (actions as Record<string, true>)["zendesk.comment"];
  return JSON.stringify(document);
}

test("the commands were found", () => {
  expect(SHOWN.map(({ page }) => page)).toEqual([
    "docs/explain-a-refusal.md",
    "docs/explain-a-refusal.md",
    "docs/simulate-a-policy-change.md",
  ]);
});

test.each(SHOWN.map((shown) => [`${shown.page}: ${shown.command}`, shown] as const))("%s", async (_, shown) => {
  for (const { file, content } of FILES.filter(({ page }) => page === shown.page)) write(file, content);
  const [, ...args] = shown.command.split(" ");
  const { stdout, stderr } = await called([explainCommand, simulateCommand], ...args);
  expect({ stdout, stderr }).toEqual({ stdout: shown.output, stderr: "" });
});
