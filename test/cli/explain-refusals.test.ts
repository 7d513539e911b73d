import { spawnSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import { request } from "../support/decisions/request";
import { Explaining, synthesized } from "../support/explaining";
import { programOf } from "../support/program";

const { policy, sources } = synthesized;
const explaining = new Explaining("explain-refusals");
const DELETE = request({ call: { action: "delete" }, token: { scope: ["delete"] } });

const AGENT = "spiffe://prod.acme.example/ns/support/sa/support-triage";

const { dir } = explaining;

describe("sources", () => {
  const elsewhere = request({ call: { destination: "evil.example" } });

  test("of version 1 say where agents are declared, and of tools nothing", async () => {
    const { agents } = JSON.parse(sources) as { agents: object };
    const other = explaining.other("one", policy, JSON.stringify({ version: "ambit.sources/1", agents }));
    expect(await explaining.text(elsewhere, "--dir", other)).toContain("\n  declared     tool zendesk\n");
    expect(await explaining.text(DELETE, "--dir", other)).toContain(
      "fleet/agents/support-triage.ts:9 (agent support-triage, task answer)",
    );
  });

  test.each<readonly [string, string | undefined]>([
    ["are not there", undefined],
    ["are empty", "{}"],
    ["hold no lines", JSON.stringify({ agents: { "support-triage": {} }, tools: [] })],
  ])("that %s leave the lines out", async (name, content) => {
    const other = explaining.other(name.replaceAll(" ", "-"), policy, content);
    expect(await explaining.text(DELETE, "--dir", other)).toContain(
      "\n  declared     agent support-triage, task answer\n",
    );
  });
});

describe("is called wrongly", () => {
  const call = (...args: readonly string[]) => explaining.call(...args);
  const wrongly = (message: string) => ({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });

  test("without that request", async () => {
    const missing = `${dir}/missing.json`;
    const message = `there is no ${missing}: name a file with a request, or - for standard input`;
    expect(await call(missing, "--dir", dir)).toEqual(wrongly(message));
  });

  test("with a folder instead of a file", async () => {
    const { code, stderr } = await call(dir, "--dir", dir);
    expect([code, stderr]).toEqual([64, expect.stringContaining(`ambit: ${dir} cannot be read: EISDIR`)]);
  });

  test.each<readonly [string, string | Buffer, string]>([
    ["no JSON", "denied", ""],
    ["half of it", JSON.stringify(DELETE).slice(0, -9), ""],
    [
      "several lines",
      `${JSON.stringify(DELETE)}\n${JSON.stringify(DELETE)}\n`,
      "; of several lines give one, or decide on all of them with ambit simulate",
    ],
  ])("with %s", async (_, content, hint) => {
    const file = explaining.file(content);
    const { code, stdout, stderr } = await call(file, "--dir", dir);
    expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
    expect(stderr.startsWith(`ambit: ${file} must be one JSON document: `)).toBe(true);
    expect(stderr.endsWith(`${hint}\n`)).toBe(true);
  });

  test("with bytes that are no text", async () => {
    const file = explaining.file(Buffer.from([0xff, 0xfe, 0x7b]));
    expect(await call(file, "--dir", dir)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining("cannot be read"),
    });
  });

  test("where nothing was synthesized", async () => {
    const file = explaining.file(DELETE);
    const path = `${dir}/nowhere/ambit/policy.json`;
    const message = `there is no ${path}: run synth first, or name the folder that it wrote`;
    expect(await call(file, "--dir", `${dir}/nowhere`)).toEqual(wrongly(message));
  });

  test.each([
    [
      "of another version",
      JSON.stringify({ ...JSON.parse(policy), version: "ambit.policy/2" }),
      'must be of version ambit.policy/1, got "ambit.policy/2": synthesize anew',
    ],
    ["without a version", "{}", "must be of version ambit.policy/1, got none: synthesize anew"],
    ["that is a list", "[]", "must be a JSON object: synthesize anew"],
  ])("with a policy %s", async (_, document, message) => {
    const file = explaining.file(DELETE);
    const other = explaining.other("other", document);
    expect(await call(file, "--dir", other)).toEqual(wrongly(`${other}/ambit/policy.json ${message}`));
  });

  test.each<readonly [string, (document: { agents: Record<string, { tasks?: unknown }> }) => unknown, string]>([
    ["without agents", (document) => ({ ...document, agents: [] }), "policy.agents must be an object"],
    [
      "whose agent has no tasks",
      (document) => {
        delete document.agents[AGENT]?.tasks;
        return document;
      },
      `policy.agents[${AGENT}].tasks is missing`,
    ],
  ])("with a policy %s", async (_, damaged, message) => {
    const other = explaining.other("damaged", JSON.stringify(damaged(JSON.parse(policy))));
    const expected = wrongly(`${other}/ambit/policy.json: ${message}: synthesize anew`);
    expect(await call(explaining.file(DELETE), "--dir", other)).toEqual(expected);
  });

  test.each(['\u001b[2J\u001b]0;pwn\u0007{"a":1}', "\u009b2J\u202e{"])(
    "with a file of escapes, of which none reaches the terminal: %j",
    async (content) => {
      const { code, stdout, stderr } = await call(explaining.file(content), "--dir", dir);
      expect({ code, stdout }).toEqual({ code: 64, stdout: "" });
      expect(stderr.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(stderr).toMatch(/\\u\{(1b|9b)\}/);
    },
  );

  test("with a byte order mark, which a decision does not read either", async () => {
    const { code, stderr } = await call(explaining.file(`\ufeff${JSON.stringify(DELETE)}`), "--dir", dir);
    expect([code, stderr]).toEqual([64, expect.stringContaining("must be one JSON document: ")]);
    expect(stderr).not.toContain("\ufeff");
  });

  test("with a policy that is cut off", async () => {
    const file = explaining.file(DELETE);
    const other = explaining.other("cut", policy.slice(0, 99));
    const { code, stderr } = await call(file, "--dir", other);
    expect([code, stderr]).toEqual([64, expect.stringMatching(/policy\.json must be JSON: /)]);
  });

  test.each([
    [
      ["--engine", "opal"],
      "--engine must be cedar or unix:<path>, got opal: an OPA elsewhere answers the authorizer's identity only",
    ],
    [
      ["--engine", "http://127.0.0.1:8181"],
      "--engine must be cedar or unix:<path>, got http://127.0.0.1:8181: an OPA elsewhere answers the authorizer's identity only",
    ],
    [["--revision", "new"], '--revision must be a whole number from 0 on, got "new"'],
    [["--revision", "-1"], '--revision must be a whole number from 0 on, got "-1"'],
    [["--revision", "1.5"], '--revision must be a whole number from 0 on, got "1.5"'],
    [["--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
  ])("with %j", async (args, message) => {
    const file = explaining.file(DELETE);
    expect(await call(file, "--dir", dir, ...args)).toEqual(wrongly(message));
  });
});

describe("an OPA that is asked what it decides now", () => {
  let server: Server;
  let verdict: object;
  const asked: unknown[] = [];
  const socket = `${dir}/answering.sock`;

  beforeAll(async () => {
    server = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        asked.push([incoming.url, JSON.parse(body)]);
        response.end(JSON.stringify({ result: verdict }));
      });
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test("and decides as the synthesized policy does, is explained like any other", async () => {
    verdict = { allow: false, reasons: ["action.not-granted"], observed: [], revision: 41 };
    expect(await explaining.json(DELETE, "--engine", `unix:${socket}`)).toMatchObject({
      engine: "opa",
      synthesized: null,
      decision: "deny",
      remedy: { possible: true, changes: [{ kind: "declaration" }, { kind: "declaration" }] },
    });
    expect(asked).toEqual([["/v1/data/ambit/decision/result", { input: DELETE }]]);
  });

  test("and denies what the synthesized policy allows, has another policy", async () => {
    verdict = { allow: false, reasons: ["action.not-granted"], observed: [], revision: 40 };
    const shown = await explaining.text(request(), "--engine", `unix:${socket}`);
    // Where a line is folded depends on the length of the folder's name.
    expect(shown.replace(/:\n +allowed/, ": allowed")).toBe(`\
denied  support-triage.answer calls zendesk.read at acme.zendesk.com
  decided by opa, cdktf.out, revision 7
  OPA decides by another policy; by cdktf.out: allowed

action.not-granted
  the task does not grant this tool action

to allow it
  deploy the synthesized policy, which allows it
`);
  });

  test("and denies by a rule of the platform's own, is told so", async () => {
    verdict = { allow: false, reasons: ["custom.night"], observed: [], revision: 41 };
    const shown = await explaining.text(DELETE, "--engine", `unix:${socket}`);
    expect(shown).toContain("\ncustom.night\n  a rule of the platform's own refused\n");
    // Where a line is folded depends on the length of the folder's name.
    expect(shown.replace(/\s+/g, " ")).toContain(
      "OPA decides by another policy; by cdktf.out: denied (action.not-granted)",
    );
  });

  test("and allows what the synthesized policy denies, allows; what would be denied is told", async () => {
    verdict = { allow: true, reasons: [], observed: [], revision: 41 };
    expect(await explaining.json(DELETE, "--engine", `unix:${socket}`)).toMatchObject({
      decision: "allow",
      reasons: [],
      synthesized: { decision: "deny", reasons: ["action.not-granted"] },
      remedy: { possible: true },
    });
  });
});

test("an OPA that does not answer denies, and that is explained", async () => {
  const file = explaining.file(request());
  const args = [file, "--dir", dir, "--engine", `unix:${dir}/opa.sock`, "--json"];
  const { code, stdout, stderr } = await explaining.call(...args);
  expect(code).toBe(0);
  expect(stderr).toMatch(/^ambit: .*OPA.*opa\.sock\n$/);
  expect(JSON.parse(stdout)).toMatchObject({
    engine: "opa",
    decision: "deny",
    reasons: [{ code: "engine.error" }],
    synthesized: { decision: "allow", reasons: [] },
    remedy: null,
  });
});

test("as a program it reads standard input, colours nothing there, and exits with 0 for what it explained", async () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [await programOf("cli/ambit.ts"), "explain", "--dir", dir],
    { cwd: resolve(__dirname, "../.."), encoding: "utf8", input: JSON.stringify(DELETE) },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^denied {2}support-triage\.answer calls zendesk\.delete at acme\.zendesk\.com\n/);
  expect(stdout).not.toContain("\u001b");
});
