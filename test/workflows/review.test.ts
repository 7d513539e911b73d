import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { MARKDOWN_TAG } from "../../review/report/markdown";

const FOLDER = resolve(__dirname, "../../.github/workflows");

type Permissions = Readonly<Record<string, string>>;

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Permissions;
  readonly environment?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Permissions;
  readonly defaults?: { readonly run: { readonly shell: string } };
  readonly jobs: Readonly<Record<string, Job>>;
}

const PAGE = "docs/review-in-ci.md";
const [DEPLOY = "", ...OTHERS] = [
  ...readFileSync(resolve(__dirname, "../..", PAGE), "utf8").matchAll(/^```yaml\n([\s\S]*?)^```$/gm),
].map(([, text = ""]) => text);

const textOf = (name: string) => (name === PAGE ? DEPLOY : readFileSync(resolve(FOLDER, name), "utf8"));
const workflowOf = (name: string) => parse(textOf(name)) as Workflow;
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);
const runsOf = (workflow: Workflow) => stepsOf(workflow).flatMap(({ run }) => run ?? []);
const names = readdirSync(FOLDER);
const synth = workflowOf("review-synth.yml");
const report = workflowOf("review-report.yml");

test("the workflows were found", () => {
  expect([...names].sort()).toEqual(expect.arrayContaining(["ci.yml", "review-report.yml", "review-synth.yml"]));
});

describe.each([...names, PAGE])("%s", (name) => {
  const workflow = workflowOf(name);

  test("allows nothing but what each job names", () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).toBeInstanceOf(Object);
  });

  test("writes no expression into a script", () => {
    expect(runsOf(workflow).filter((run) => run.includes("${{"))).toEqual([]);
    expect(stepsOf(workflow).filter(({ uses }) => uses?.startsWith("actions/github-script"))).toEqual([]);
  });

  test("pins actions by commit, and says which version that is", () => {
    const uses = textOf(name)
      .split("\n")
      .filter((line) => /\buses:/.test(line));
    expect(uses).toHaveLength(stepsOf(workflow).filter((step) => step.uses !== undefined).length);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("leaves no token in a checkout", () => {
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    for (const step of checkouts) expect(step.with).toMatchObject({ "persist-credentials": false });
  });

  test("begins at no event that runs the pull request's code with a token that writes", () => {
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
  });
});

describe("the job of the pull request", () => {
  test("begins at pull requests and can read the code only", () => {
    expect(Object.keys(synth.on)).toEqual(["pull_request"]);
    expect(Object.values(synth.jobs).map(({ permissions }) => permissions)).toEqual([{ contents: "read" }]);
  });

  test("has no secret, no token and no environment", () => {
    const text = textOf("review-synth.yml");
    for (const word of ["secrets.", "secrets[", "github.token", "GITHUB_TOKEN", "id-token", "environment:", "cache:"]) {
      expect(text).not.toContain(word);
    }
  });
});

describe("the job that is trusted", () => {
  test("begins when the other is done, and of pull requests only", () => {
    expect(report.on).toEqual({ workflow_run: { workflows: ["review-synth"], types: ["completed"] } });
    expect(workflowOf("review-synth.yml")).toHaveProperty("name", "review-synth");
    const { review, refuse } = report.jobs;
    for (const job of [review, refuse]) expect(job?.if).toContain("workflow_run.event == 'pull_request'");
  });

  test("checks out nothing of the pull request", () => {
    const checkouts = stepsOf(report).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with)).toEqual([{ "persist-credentials": false }]);
    for (const run of runsOf(report))
      expect(run).not.toMatch(/\bgit\b|gh (?:pr|repo) |refs\/pull|npm (?:ci|i|install) \S/);
  });

  test("synthesizes the base itself, before anything of the pull request is there", () => {
    const runs = (report.jobs["review"]?.steps ?? []).map(({ run = "" }) => run);
    const at = (part: string) => runs.findIndex((run) => run.includes(part));
    expect(at("npm run synth")).toBeGreaterThan(-1);
    expect(at("npm run synth")).toBeLessThan(at("synthesized.zip"));
  });

  test("asks GitHub which files change, of the pull request that it has found, and reviews by that list", () => {
    const runs = (report.jobs["review"]?.steps ?? []).map(({ run = "" }) => run);
    const at = (part: string) => runs.findIndex((run) => run.includes(part));
    expect(at("pulls/$number")).toBeGreaterThan(-1);
    expect(at("pulls/$NUMBER/files")).toBe(at("pulls/$number") + 1);
    expect(at("--changed changed")).toBe(at("pulls/$NUMBER/files") + 1);
  });

  test("takes no rules but those of its own checkout", () => {
    expect(runsOf(report).filter((run) => /--rules|ambit\.review\.json/.test(run))).toEqual([]);
  });

  test("reads what was uploaded where nothing can be written, and writes where nothing of it is run", () => {
    const permissions = Object.fromEntries(Object.entries(report.jobs).map(([name, job]) => [name, job.permissions]));
    expect(permissions).toEqual({
      review: { contents: "read", actions: "read", "pull-requests": "read" },
      post: { actions: "read", checks: "write", "pull-requests": "write" },
      approve: { actions: "read", checks: "write" },
      refuse: { checks: "write" },
    });
    for (const [name, job] of Object.entries(report.jobs)) {
      const runsCode = job.steps.some(
        ({ uses, run }) => uses?.includes("checkout") || /\b(?:npm|npx|node)\b/.test(run ?? ""),
      );
      expect([name, runsCode]).toEqual([name, name === "review"]);
    }
    expect(textOf("review-report.yml")).not.toMatch(/secrets[.[]|id-token/);
  });

  test("stops at the first command that fails, in a pipe too", () => {
    expect(report.defaults).toEqual({ run: { shell: "bash" } });
  });

  test("finds its own comment by the tag that the report writes", () => {
    expect(runsOf(report).filter((run) => run.includes(`startswith("${MARKDOWN_TAG}")`))).toHaveLength(1);
  });

  test("asks people in an environment, after it has made sure that there are some", () => {
    const { approve } = report.jobs;
    expect(approve).toMatchObject({ environment: "agent-access", needs: ["review", "post"] });
    const [asked, check] = (approve?.steps ?? []).map(({ run }) => run);
    expect(asked).toContain("required_reviewers");
    expect(check).toContain("check-runs");
  });
});

describe("the deploy of the page", () => {
  const { steps = [] } = workflowOf(PAGE).jobs["deploy"] ?? {};
  const at = (part: string) => steps.findIndex(({ run = "" }) => run.includes(part));

  test("verifies what it got by what was deployed before, then applies that", () => {
    const ref = steps.find(({ uses }) => uses?.startsWith("actions/checkout@"))?.with?.["ref"];
    expect(ref).toBe("${{ github.event.before }}");
    expect([at("gh run download"), at("ambit verify"), at("ambit deploy")]).toEqual([4, 5, 6]);
    expect(steps[6]?.run).toBe("npx ambit deploy reviewed/cdktf.out --digest reviewed/review.json --auto-approve");
  });

  test("synthesizes nothing", () => {
    expect(at("synth ")).toBe(-1);
    expect(at("npm run synth")).toBe(-1);
  });

  test("gets the artifact by the name that the report gives it", () => {
    const names = stepsOf(report).map(({ with: inputs }) => inputs?.["name"]);
    expect(names).toContain("reviewed-${{ github.event.workflow_run.head_sha }}");
    expect(steps[at("gh run download")]?.run).toContain('--name "reviewed-$head"');
  });
});

test("the pipelines of GitLab on the page are YAML, and only the trusted one has a token", () => {
  const [untrusted, trusted] = OTHERS.map((text) => parse(text) as Readonly<Record<string, unknown>>);
  expect([Object.keys(untrusted ?? {}), Object.keys(trusted ?? {})]).toEqual([
    ["synth", "review"],
    ["workflow", "review", "approve"],
  ]);
  expect(JSON.stringify(untrusted)).not.toContain("TOKEN");
});
