import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { companionApp } from "../../../runtime/companion/app";
import { COMPANION_REASONS } from "../../../domain";
import type { Companion } from "../../../runtime/companion/companion";
import { Problem } from "../../../runtime/companion/problem";

const ROOT = resolve(__dirname, "../../..");
const PAGE = readFileSync(join(ROOT, "docs/companion.md"), "utf8");
const CODES = Object.keys(COMPANION_REASONS);
/** A kind of record, which the page names too */
const RECORD = "companion.refused";

const failing = (logged: unknown[]) =>
  companionApp({
    companion: {
      run: () => {
        throw new TypeError("an unexpected secret");
      },
    } as unknown as Companion,
    clock: () => 0,
    problems: { tell: () => undefined },
    log: (event, facts) => logged.push({ event, ...facts }),
  });

test("fails with companion.error, and tells the log alone why", async () => {
  const logged: unknown[] = [];
  const answer = await failing(logged).request("/v1/runs/run-1");
  expect(answer.status).toBe(503);
  const text = await answer.text();
  expect(JSON.parse(text)).toMatchObject({ reasons: [{ code: "companion.error" }] });
  expect(text).not.toContain("secret");
  expect(logged).toEqual([
    {
      event: "request.refused",
      status: 503,
      codes: ["companion.error"],
      because: "TypeError: an unexpected secret",
    },
  ]);
});

test("every code is on the page with its status, and the page names no other", () => {
  for (const code of CODES) {
    const { status } = Problem.of(code as keyof typeof COMPANION_REASONS);
    const row = PAGE.split("\n").find((line) => line.startsWith(`| ${status} `));
    expect(row).toContain(`\`${code}\``);
  }
  const named = new Set([...PAGE.matchAll(/`(companion\.[a-z-]+)`/g)].map(([, code]) => code));
  expect([...named].sort()).toEqual([...CODES, RECORD].sort());
});

test("every code is produced by a test", () => {
  const folder = __dirname;
  const tests = readdirSync(folder, { encoding: "utf8", recursive: true }).filter((file) => file.endsWith(".test.ts"));
  const text = tests.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
  expect(CODES.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test.each([
  [{ error: "access_denied", reasons: [] }, ["access_denied"]],
  [{ error: "access_denied", reasons: "none" }, ["access_denied"]],
  [{ error: "access_denied", reasons: [null] }, ["access_denied"]],
  [{ error: "access_denied", reasons: [{ code: 1 }] }, ["access_denied"]],
  [{ error: "access_denied", reasons: [{ code: "a.b" }, { code: "c.d" }] }, ["a.b", "c.d"]],
])("the codes of %j are %j", (body, codes) => {
  expect(Problem.saidByExchange(400, body, 1).codes).toEqual(codes);
});
