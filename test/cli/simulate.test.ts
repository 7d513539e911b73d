import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { simulateCommand } from "../../cli/simulate";
import { checkInput, type PolicyDocument } from "../../domain";
import { decisionCases } from "../support/decisions/cases";
import { examplePolicy } from "../support/decisions/policy";
import { request } from "../support/decisions/request";
import { called } from "../support/cli";
import { programOf } from "../support/program";
import {
  COMMENT,
  decisions,
  DELETE,
  dir,
  folder,
  lines,
  READ,
  simulate,
  simulated,
  withoutProgress,
} from "../support/simulating";

const TRIAGE = "spiffe://prod.acme.example/ns/support/sa/support-triage";

/** The example's policy with the actions of support-triage's task answer as given, synthesized into a folder of its own */
function withActions(name: string, ...actions: readonly string[]): string {
  const policy = JSON.parse(JSON.stringify(examplePolicy)) as PolicyDocument;
  const task = policy.agents[TRIAGE]?.tasks["answer"] ?? {};
  Object.assign(task, { actions: Object.fromEntries(actions.map((action) => [action, true])) });
  folder.put(`${name}/ambit/policy.json`, JSON.stringify(policy));
  return `${dir}/${name}`;
}

test("prints a line per request and the sums", async () => {
  const { code, stdout, stderr } = await simulate(lines(READ, { name: "deletes a ticket", input: DELETE }, "nonsense"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(`\
     1  allow  support-triage.answer calls zendesk.read at acme.zendesk.com
     2  deny   deletes a ticket  action.not-granted
     3  deny   a line must be JSON in UTF-8: Unexpected token 'o', "nonsense" is not valid JSON  input.malformed

decided                    3
allowed                    1
denied                     2
  action.not-granted       1
  input.malformed          1
`);
});

test("prints the sums only", async () => {
  const { stdout } = await simulate(lines(READ, DELETE, DELETE), "--summary");
  expect(stdout).toBe(`\
decided                    3
allowed                    1
denied                     2
  action.not-granted       2
`);
});

test("prints everything as JSON", async () => {
  expect(await simulated(lines(READ, { name: "deletes a ticket", input: DELETE }))).toEqual({
    version: "ambit.simulate/1",
    requests: [
      {
        index: 1,
        name: null,
        request: "support-triage.answer calls zendesk.read at acme.zendesk.com",
        before: null,
        after: { decision: "allow", reasons: [], observed: [] },
        change: null,
      },
      {
        index: 2,
        name: "deletes a ticket",
        request: "support-triage.answer calls zendesk.delete at acme.zendesk.com",
        before: null,
        after: { decision: "deny", reasons: ["action.not-granted"], observed: [] },
        change: null,
      },
    ],
    summary: {
      decided: 2,
      allowed: 1,
      denied: 1,
      reasons: { "action.not-granted": 1 },
      observed: {},
      newlyAllowed: 0,
      newlyDenied: 0,
      otherReasons: 0,
    },
  });
});

test("decides every hand-written case of the example fleet as it is written", async () => {
  const cases = decisionCases().filter(({ policy, revision }) => policy === examplePolicy && revision === 7);
  const own = cases.filter(({ input }) => checkInput(input).ok);
  const { requests, summary } = await simulated(
    lines(...own.map(({ name, input }) => ({ name, input }))),
    "--revision",
    "7",
  );
  expect(own.length).toBeGreaterThan(200);
  expect(summary.decided).toBe(own.length);
  expect(requests.map(({ name, after }) => ({ name, ...after }))).toEqual(
    own.map(({ name, expected: { decision, reasons, observed } }) => ({ name, decision, reasons, observed })),
  );
});

describe("compared with what was there", () => {
  const all = ["zendesk.read", "zendesk.comment", "claude.ask"];
  const requests = lines(READ, COMMENT, DELETE, "nonsense");

  test("only what differs is shown, before and after", async () => {
    const before = withActions("before", "zendesk.comment", "zendesk.delete");
    const { code, stdout } = await simulate(requests, "--diff", before);
    expect(code).toBe(3);
    expect(stdout).toBe(`\
     1  deny -> allow  support-triage.answer calls zendesk.read at acme.zendesk.com  - action.not-granted

decided                    4
allowed                    2
denied                     2
  action.not-granted       1
  input.malformed          1
newly allowed              1
newly denied               0
other reasons              0
`);
  });

  test("the other way round the same is newly denied, which is no gain", async () => {
    const after = withActions("after", "zendesk.comment");
    const { code, stdout } = await simulate(requests, "--diff", dir, "--dir", after);
    expect(code).toBe(0);
    expect(stdout.split("\n")[0]).toBe(
      "     1  allow -> deny   support-triage.answer calls zendesk.read at acme.zendesk.com  + action.not-granted",
    );
  });

  test("other reasons of the same decision are shown, and are no gain", async () => {
    const suspended = JSON.parse(JSON.stringify(examplePolicy)) as PolicyDocument;
    Object.assign(suspended.agents[TRIAGE] ?? {}, { suspended: true });
    folder.put("suspended/ambit/policy.json", JSON.stringify(suspended));
    const { requests: found, summary } = await simulated(lines(DELETE), "--diff", `${dir}/suspended`);
    expect(summary).toMatchObject({ newlyAllowed: 0, newlyDenied: 0, otherReasons: 1 });
    expect(found).toMatchObject([
      { before: { reasons: ["action.not-granted", "agent.suspended"] }, change: "other reasons" },
    ]);
    expect((await simulate(lines(DELETE), "--diff", `${dir}/suspended`)).code).toBe(0);
  });

  test("of equal policies nothing is shown but the sums", async () => {
    const { code, stdout } = await simulate(requests, "--diff", dir, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ requests: [], summary: { decided: 4, newlyAllowed: 0 } });
  });

  test.each([[["--summary"]], [["--json"]], [["--json", "--summary"]]])(
    "a gain is in the exit code with %j too",
    async (args) => {
      expect((await simulate(requests, "--diff", withActions("none"), ...args)).code).toBe(3);
      expect((await simulate(requests, "--diff", withActions("all", ...all), ...args)).code).toBe(0);
    },
  );
});

describe("the revision", () => {
  const seen = request({ revisionSeen: 41 });

  test("is taken to be newer than any that was seen", async () => {
    expect(decisions(await simulated(lines(seen, request({ revisionSeen: 1_000_000_000_000 }))))).toEqual([
      [1, "allow"],
      [2, "allow"],
    ]);
  });

  test("may be given, and is then compared", async () => {
    expect(decisions(await simulated(lines(seen), "--revision", "40"))).toEqual([[1, "deny", "policy.stale"]]);
    expect(decisions(await simulated(lines(seen), "--revision", "41"))).toEqual([[1, "allow"]]);
  });
});

describe("is called wrongly", () => {
  const wrongly = (message: string) => ({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });

  test("without that file", async () => {
    const missing = `${dir}/missing.ndjson`;
    const message = `there is no ${missing}: name a file with requests, or - for standard input`;
    expect(await called([simulateCommand], "simulate", missing, "--dir", dir)).toEqual(wrongly(message));
  });

  test("with a folder", async () => {
    const message = `${dir} is a folder: name a file with requests`;
    expect(await called([simulateCommand], "simulate", dir, "--dir", dir)).toEqual(wrongly(message));
  });

  test.each(["--dir", "--diff"])("where nothing was synthesized: %s", async (flag) => {
    const message = `there is no ${dir}/nowhere/ambit/policy.json: run synth first, or name the folder that it wrote`;
    expect(await simulate(lines(READ), flag, `${dir}/nowhere`)).toEqual(wrongly(message));
  });

  test("with a revision that is none", async () => {
    const message = '--revision must be a whole number from 0 on, got "newest"';
    expect(await simulate(lines(READ), "--revision", "newest")).toEqual(wrongly(message));
  });
});

test("as a program it reads standard input as it comes, and ends with its reader", async () => {
  const many = lines(...Array.from({ length: 2_000 }, () => DELETE));
  const args = [await programOf("cli/ambit.ts"), "simulate", "-", "--dir", dir];
  const options = { cwd: resolve(__dirname, "../.."), encoding: "utf8", input: many } as const;
  const whole = spawnSync(process.execPath, [...args, "--summary"], {
    ...options,
    input: lines(DELETE, DELETE, DELETE),
  });
  expect({ status: whole.status, stderr: withoutProgress(whole.stderr) }).toEqual({
    status: 0,
    stderr: "",
  });
  expect(whole.stdout).toMatch(/^decided +3\nallowed +0\ndenied +3\n {2}action\.not-granted +3\n$/);
  const command = [process.execPath, ...args].map((part) => `'${part}'`).join(" ");
  const headed = spawnSync("bash", ["-c", `set -o pipefail; ${command} | head -1`], options);
  expect(headed.stdout.split("\n")).toHaveLength(2);
  expect([headed.status, headed.stderr.includes("EPIPE")]).toEqual([1, false]);
});
