import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";

type Jobs = Readonly<Record<string, { readonly steps: readonly Step[] }>>;

interface Step {
  readonly name?: string;
  readonly run?: string;
}

const textOf = (file: string) => readFileSync(resolve(__dirname, "../..", file), "utf8");
const jobsIn = (text: string) => (parse(text) as { readonly jobs: Jobs }).jobs;

const [, DEPLOY = ""] = /^```yaml\n([\s\S]*?)^```$/m.exec(textOf("docs/review-in-ci.md")) ?? [];
const jobs: Jobs = { ...jobsIn(textOf(".github/workflows/review-report.yml")), ...jobsIn(DEPLOY) };

/** Answers each call with a document of its own or the one for all, and keeps what it was asked and given */
const GH = `#!/usr/bin/env bash
printf '%s\\n' "$*" >> gh.log
answer=answer-$(wc -l < gh.log).json
test -f "$answer" || answer=answer.json
if test "$1 $2" = "run download"; then mkdir reviewed; cp pull.json reviewed; fi
while test $# -gt 0; do
  case "$1" in
    --jq) filter=$2 ;;
    --input) cat >> gh.input ;;
  esac
  shift
done
if test -n "\${filter:-}"; then jq -r "$filter" "$answer"; else cat "$answer"; fi
`;

const SHA = "0123456789abcdef0123456789abcdef01234567";
const ENV = {
  REPOSITORY: "acme/agents",
  DEFAULT_BRANCH: "main",
  HEAD_SHA: SHA,
  RUN_URL: "https://github.com/acme/agents/actions/runs/9",
  RUN: "9",
  NUMBER: "7",
  DIGEST: `sha256:${"a".repeat(64)}`,
};

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** Run one step as a runner does, in a folder with these files, where GitHub answers this. */
function run(
  job: string,
  step: string,
  answer: unknown,
  files: Readonly<Record<string, string>> = {},
  env: object = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "ambit-workflow-"));
  folders.push(folder);
  for (const name of ["bin", "synthesized", "report"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "bin/gh"), GH);
  chmodSync(join(folder, "bin/gh"), 0o755);
  writeFileSync(join(folder, "answer.json"), JSON.stringify(answer));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const script = jobs[job]?.steps.find(({ name }) => name?.startsWith(step))?.run;
  if (script === undefined) throw new Error(`${job} has no step "${step}"`);
  const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${join(folder, "bin")}:${process.env.PATH}`, GITHUB_OUTPUT: "output", ...ENV, ...env },
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  return {
    code: status,
    said: `${stdout}${stderr}`,
    output: read("output"),
    asked: read("gh.log"),
    given: read("gh.input"),
    kept: read("changed"),
  };
}

const PULL = {
  number: 7,
  state: "open",
  head: { sha: SHA },
  base: { ref: "main", sha: "b".repeat(40), repo: { full_name: "acme/agents" } },
};

// The scripts need jq, as runners have it.
const withJq = spawnSync("jq", ["--version"]).status === 0 ? describe : describe.skip;

withJq("the pull request is found", () => {
  const find = (number: string, answer: unknown = PULL) =>
    run("review", "Find", answer, { "synthesized/number": number });

  test("where it is of the commit that was synthesized", () => {
    expect(find("7")).toMatchObject({ code: 0, output: "number=7\n", asked: "api repos/acme/agents/pulls/7\n" });
  });

  test.each(["", "0", "-1", "7\nnumber=8", "7 8", "../7", "7/files", "$(id)", "7;id", "9".repeat(11), "x".repeat(100)])(
    "but fails when the number is %j, without asking reviewers",
    (number) => {
      expect(find(number)).toMatchObject({ code: 1, output: "", asked: "" });
    },
  );

  test.each<readonly [string, object]>([
    ["of another commit", { head: { sha: "f".repeat(40) } }],
    ["closed", { state: "closed" }],
    ["to another branch", { base: { ...PULL.base, ref: "attic" } }],
    ["of another repository", { base: { ...PULL.base, repo: { full_name: "mallory/agents" } } }],
  ])("but fails when it is %s", (_, other) => {
    const { code, said, output } = find("7", { ...PULL, ...other });
    expect([code, output]).toEqual([1, ""]);
    expect(said).toContain(`pull request 7 is not of commit ${SHA}, or does not go to main`);
  });
});

withJq("the files that a pull request changes", () => {
  const pull = { ...PULL, changed_files: 2, updated_at: "2026-01-01T00:00:00Z" };
  const file = { filename: "README.md", status: "modified" };
  const renamed = { filename: "docs/x.md", status: "renamed", previous_filename: "policies/opa/x.rego" };
  const list = (files: readonly object[], changes: object = {}, later: object = {}) => {
    const before = { ...pull, changed_files: files.length, ...changes };
    const answers = { "answer-2.json": JSON.stringify({ ...before, ...later }), "pull.json": JSON.stringify(before) };
    return run("review", "List the files", files, answers);
  };

  test("are listed with the names that they had before, each ended by NUL", () => {
    const { code, asked, kept } = list([file, renamed]);
    expect([code, kept]).toEqual([0, "README.md\0docs/x.md\0policies/opa/x.rego\0"]);
    expect(asked.split("\n")[0]).toBe("api --paginate repos/acme/agents/pulls/7/files?per_page=100 --jq .[]");
  });

  test("keep names that are odd", () => {
    const names = ["a\nb", '"c"', "$(id)", "é", "__proto__"];
    expect(list(names.map((filename) => ({ ...file, filename }))).kept).toBe(names.map((name) => `${name}\0`).join(""));
  });

  test("may be none", () => expect(list([])).toMatchObject({ code: 0, kept: "" }));

  const many = (count: number) => Array<object>(count).fill(file);
  test("may be 2999", () => expect(list(many(2999)).code).toBe(0));

  test.each<readonly [string, readonly object[], object, object]>([
    ["GitHub lists fewer than there are", [file], { changed_files: 2 }, {}],
    ["it lists more", [file, file], { changed_files: 1 }, {}],
    ["it does not say how many there are", [file], { changed_files: null }, {}],
    ["there are as many as it lists at most", many(3000), {}, {}],
    ["there are more", many(3000), { changed_files: 3001 }, {}],
    ["one has no name", [{ status: "modified" }], {}, {}],
    ["there was a push meanwhile", [file], {}, { head: { sha: "f".repeat(40) } }],
    ["there were two, and the commit is the same", [file], {}, { updated_at: "2026-01-01T00:00:01Z" }],
  ])("fail when %s", (_, files, changes, later) => {
    const { code, said, kept } = list(files, changes, later);
    expect([code, kept]).toEqual([1, ""]);
    expect(said).toContain("not all files of pull request 7 are listed");
  });
});

withJq("the comment", () => {
  const TAG = "<!-- ambit review -->";
  const bot = { login: "github-actions[bot]" };
  const comment = (...comments: readonly object[]) => run("post", "Comment", comments).asked.trim().split("\n").at(-1);

  test("is written where there is none", () => {
    expect(comment()).toBe("api --silent --method POST repos/acme/agents/issues/7/comments -F body=@report/comment.md");
  });

  test("takes the place of the first one before", () => {
    const two = [
      { id: 1, user: bot, body: "hello" },
      { id: 2, user: bot, body: TAG },
      { id: 3, user: bot, body: TAG },
    ];
    expect(comment(...two)).toBe(
      "api --silent --method PATCH repos/acme/agents/issues/comments/2 -F body=@report/comment.md",
    );
  });

  test.each([
    ["another account wrote", { id: 1, user: { login: "mallory" }, body: TAG }],
    ["only mentions the tag", { id: 1, user: bot, body: `see ${TAG}` }],
  ])("does not take the place of one that %s", (_, other) => {
    expect(comment(other)).toContain("--method POST");
  });
});

withJq("the check", () => {
  const checkOf = (job: string, env: object = {}, approvals: readonly object[] = []) => {
    const files = { "report/review.json": JSON.stringify({ approvals }) };
    const { code, given } = run(job, "Set the check", {}, files, env);
    expect(code).toBe(0);
    return JSON.parse(given) as { readonly output: { readonly summary: string } };
  };
  const about = { name: "ambit review", head_sha: SHA, status: "completed", details_url: ENV.RUN_URL };
  const reviewed = { ...about, external_id: `${ENV.DIGEST} 9` };

  test.each([
    ["false", "success"],
    ["true", "action_required"],
    ["", "action_required"],
    ["False", "action_required"],
  ])("where approval is %j is %s", (APPROVAL, conclusion) => {
    expect(checkOf("post", { APPROVAL })).toMatchObject({ ...reviewed, conclusion });
  });

  test("says who must approve", () => {
    const approvals = [
      { rule: "trust", count: 2, approvers: ["@acme/security", "alice"], reasons: ["a gains `b`"] },
      { rule: "default", count: 1, approvers: [], reasons: ["c"] },
    ];
    const { summary } = checkOf("post", { APPROVAL: "true" }, approvals).output;
    expect(summary.split("\n").slice(1)).toEqual([
      "",
      "- 2 of `@acme/security`, `alice`, by the rule `trust`",
      "- 1 of the reviewers, by the rule `default`",
    ]);
    expect(checkOf("post", { APPROVAL: "false" }).output.summary).not.toContain("- ");
  });

  test("is no longer than GitHub takes", () => {
    const one = { rule: "a", count: 1, approvers: Array<string>(20).fill("@".repeat(100)), reasons: [] };
    const { summary } = checkOf("post", { APPROVAL: "true" }, Array<object>(200).fill(one)).output;
    expect(summary.length).toBeLessThanOrEqual(60_000);
  });

  test("fails when the report does not say who must approve", () => {
    expect(run("post", "Set the check", {}, { "report/review.json": "{}" }).code).not.toBe(0);
  });

  test("is success once people have approved", () => {
    expect(checkOf("approve")).toMatchObject({ ...reviewed, conclusion: "success" });
  });

  test("is failure where nothing was reviewed", () => {
    expect(checkOf("refuse")).toMatchObject({ ...about, conclusion: "failure" });
  });
});

withJq("an approval", () => {
  const asked = (rules: readonly object[]) =>
    run("approve", "Check that the environment", { protection_rules: rules }).code;

  test("counts where the environment has reviewers", () => {
    expect(asked([{ type: "branch_policy" }, { type: "required_reviewers", reviewers: [{ type: "Team" }] }])).toBe(0);
  });

  test.each<readonly [string, readonly object[]]>([
    ["no rules", []],
    ["other rules", [{ type: "wait_timer", wait_timer: 5 }]],
    ["reviewers, and none of them", [{ type: "required_reviewers", reviewers: [] }]],
  ])("fails when the environment has %s", (_, rules) => {
    expect(asked(rules)).toBe(1);
  });
});

withJq("the download", () => {
  const download = (...artifacts: readonly object[]) =>
    run("review", "Download", { artifacts }, {}, { LIMIT: "50000000", SYNTH_RUN: "5" });

  test.each<readonly [string, readonly object[]]>([
    ["there is none", []],
    ["it is too large", [{ id: 1, size_in_bytes: 50_000_001, created_at: "2026-01-01T00:00:00Z" }]],
  ])("fails when %s", (_, artifacts) => {
    const { code, said, asked } = download(...artifacts);
    expect([code, asked.includes("/zip")]).toEqual([1, false]);
    expect(said).toContain("there is no artifact of at most 50000000 bytes");
  });

  test("is of the newest, after a run was repeated", () => {
    const { asked } = download(
      { id: 1, size_in_bytes: 1, created_at: "2026-01-01T00:00:00Z" },
      { id: 2, size_in_bytes: 1, created_at: "2026-01-02T00:00:00Z" },
    );
    expect(asked).toContain("api repos/acme/agents/actions/artifacts/2/zip");
  });
});

withJq("a deploy", () => {
  const [MERGED, BEFORE] = ["c".repeat(40), "b".repeat(40)];
  const merged = { merge_commit_sha: MERGED, base: { ref: "main" }, head: { sha: SHA } };
  const artifact = { expired: false, workflow_run: { id: 9 } };
  const reviewed = {
    path: ".github/workflows/review-report.yml",
    event: "workflow_run",
    head_branch: "main",
    head_repository: { full_name: "acme/agents" },
    conclusion: "success",
  };
  interface Answers {
    readonly pulls?: readonly object[];
    readonly ahead?: number;
    readonly artifacts?: readonly object[];
    readonly run?: object;
    readonly compared?: object;
  }
  const compares = { number: 7, head: SHA, base: BEFORE };
  const deploy = (answered: Answers) => {
    const { pulls = [merged], ahead = 0, artifacts = [artifact], run: ran = reviewed, compared = compares } = answered;
    const answers = { 1: pulls, 2: { ahead_by: ahead }, 3: { artifacts } };
    const files = Object.entries(answers).map(([call, answer]) => [`answer-${call}.json`, JSON.stringify(answer)]);
    const pull = { "pull.json": JSON.stringify(compared) };
    return run("deploy", "Get", ran, { ...Object.fromEntries(files), ...pull }, { MERGED, BEFORE });
  };
  const DOWNLOAD = `run download 9 --repo acme/agents --name reviewed-${SHA} --dir reviewed\n`;

  test("gets what the default branch's workflow reviewed of the commit that was merged", () => {
    const { code, asked } = deploy({});
    expect([code, asked.endsWith(DOWNLOAD)]).toEqual([0, true]);
    expect(asked.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(`^api repos/acme/agents/commits/${MERGED}/pulls `),
      expect.stringMatching(`^api repos/acme/agents/compare/${SHA}...${BEFORE} `),
      expect.stringMatching(`^api repos/acme/agents/actions/artifacts.name=reviewed-${SHA} `),
    ]);
  });

  test.each<readonly [string, Answers, string]>([
    ["no pull request was merged", { pulls: [] }, "no single pull request"],
    ["two were", { pulls: [merged, merged] }, "no single pull request"],
    ["it was merged elsewhere", { pulls: [{ ...merged, base: { ref: "attic" } }] }, "no single pull request"],
    ["another commit was", { pulls: [{ ...merged, merge_commit_sha: SHA }] }, "no single pull request"],
    ["it was not up to date", { ahead: 1 }, "what was reviewed would undo them"],
    ["nothing was reviewed", { artifacts: [] }, "was not reviewed"],
    ["what was reviewed has expired", { artifacts: [{ ...artifact, expired: true }] }, "was not reviewed"],
    ["it was not approved", { run: { ...reviewed, conclusion: "failure" } }, "was not reviewed"],
    ["approval is awaited", { run: { ...reviewed, conclusion: null } }, "was not reviewed"],
    ["another workflow says so", { run: { ...reviewed, path: ".github/workflows/mine.yml" } }, "was not reviewed"],
    ["a pull request's version of it says so", { run: { ...reviewed, event: "pull_request" } }, "was not reviewed"],
    ["another branch's version says so", { run: { ...reviewed, head_branch: "mine" } }, "was not reviewed"],
    ["a fork says so", { run: { ...reviewed, head_repository: { full_name: "m/agents" } } }, "was not reviewed"],
  ])("fails when %s", (_, answers, why) => {
    const { code, said, asked } = deploy(answers);
    expect([code, asked.includes("download")]).toEqual([1, false]);
    expect(said).toContain(why);
  });

  test.each([
    ["with another base", { ...compares, base: "d".repeat(40) }],
    ["as another commit", { ...compares, head: "d".repeat(40) }],
    ["in no words", {}],
  ])("fails when it was compared %s", (_, compared) => {
    const { code, said } = deploy({ compared });
    expect([code, said.includes(`was not reviewed against ${BEFORE}`)]).toEqual([1, true]);
  });
});
