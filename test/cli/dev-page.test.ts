import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Numbered } from "../../cli/dev/watch/events";
import { DevProgram } from "../support/dev-program";
import { visited, type Visited } from "../support/visited";

const TRIAGE = "support-triage";
const CHAT = { agent: TRIAGE, task: "answer", method: "POST", path: "/chat" } as const;
const shell = promisify(execFile);

interface Arrived {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let folder: string;
let dev: DevProgram;
/** The own process of an agent, to which work is handed on */
let own: Server;
const arrived: Arrived[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ambit-page-"));
  own = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      arrived.push({ url: request.url, headers: request.headers, body });
      response.end("<b>looked up</b>");
    });
  });
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  const { port } = own.address() as AddressInfo;
  dev = await DevProgram.start(folder, "--serves", `${TRIAGE}=example`, "--serves", `researcher=${port}`);
});
afterAll(async () => {
  await dev.stop();
  expect(readdirSync(folder)).toEqual([]);
  own.close();
  rmSync(folder, { recursive: true });
});

const reasonsIn = ({ status, text }: Visited): readonly unknown[] => [
  status,
  ...(JSON.parse(text) as { reasons: { code: string }[] }).reasons.map(({ code }) => code),
];
const headIn = (parts: readonly Readonly<Record<string, unknown>>[]) =>
  parts.find((part) => "head" in part)?.["head"] as { status: number; run: string };
const textIn = (parts: readonly Readonly<Record<string, unknown>>[]): string =>
  parts.map((part) => (typeof part["text"] === "string" ? part["text"] : "")).join("");
const sentence = (text: string): string => JSON.stringify({ text });

/** From the beginning of the run that an answer's reference names */
async function eventsOf(reference: string, isLast: (event: Numbered) => boolean): Promise<readonly Numbered[]> {
  const [id] = reference.split(".");
  let isOf = false;
  const events = await dev.events((event) => (isOf ||= event.kind === "run" && event.run === id) && isLast(event));
  return events.slice(events.findIndex((event) => event.kind === "run" && event.run === id));
}

describe("the page", () => {
  test("loads nothing from elsewhere, and has no script in it", async () => {
    const page = await dev.get("/");
    expect(page.status).toBe(200);
    expect(page.headers["content-security-policy"]).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page.text).not.toMatch(/<script(?! src="\/page\.js" defer><\/script>)|<style|style=|\son\w+=|https?:/);
    for (const path of ["/page.js", "/page.css", "/icon.svg"]) expect((await dev.get(path)).status).toBe(200);
    expect((await dev.get("/page.js")).text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(/);
  });

  test.each([
    ["a name that was rebound to this machine", { host: "evil.example" }, "page.host"],
    ["another name of this machine", { host: "localhost" }, "page.host"],
    ["a script of another page", { origin: "http://evil.example" }, "page.origin"],
  ])("fails for %s, at every address", async (_, headers, code) => {
    for (const path of ["/", "/state", "/events", "/page.js"])
      expect(reasonsIn(await dev.get(path, headers))).toEqual([403, code]);
    expect(reasonsIn(await dev.post("/sign-in", { agent: TRIAGE }, headers))).toEqual([403, code]);
  });

  test.each([
    ["a form of another page", { origin: "null", "content-type": "text/plain" }],
    ["a request that says nothing of where it comes from", { origin: undefined }],
    ["a request of the same origin by its own word alone", { "sec-fetch-site": "cross-site" }],
    ["what a form can send", { "content-type": "application/x-www-form-urlencoded" }],
    ["JSON that is said to be text", { "content-type": "text/plain" }],
  ])("fails for %s: nothing is done", async (_, changed) => {
    const headers = { origin: dev.page, "content-type": "application/json", ...changed };
    const sent = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >;
    for (const path of ["/sign-in", "/sign-out", "/ask", "/story"]) {
      const answer = await visited(`${dev.page}${path}`, { method: "POST", headers: sent, body: "{}" });
      expect(reasonsIn(answer)).toEqual([403, "page.origin"]);
    }
  });

  test("fails for what is no page, and for a request that it does not send", async () => {
    expect(reasonsIn(await dev.get("/other"))).toEqual([404, "page.none"]);
    const answer = await dev.post("/ask", { ...CHAT, method: "post" });
    expect(reasonsIn(answer)).toEqual([400, "page.malformed"]);
    expect(answer.text).toContain("method must be a method such as POST");
    expect(reasonsIn(await dev.post("/ask", { ...CHAT, other: 1 }))).toEqual([400, "page.malformed"]);
    expect(reasonsIn(await dev.post("/sign-in", { agent: "build-watcher" }))).toEqual([400, "page.malformed"]);
  });
});

describe("signing in", () => {
  test("fails without it: nothing is asked of an agent", async () => {
    expect(reasonsIn(await dev.post("/ask", CHAT))).toEqual([403, "page.signed-out"]);
  });

  test("fails for an answer of the issuer that this browser did not ask for", async () => {
    const back = new URL(await dev.towards(TRIAGE, "ann"));
    const stranger = await visited(`${dev.page}${back.pathname}${back.search}`);
    expect(reasonsIn(stranger)).toEqual([403, "page.signed-out"]);
    back.searchParams.set("state", "another");
    await dev.get(`${back.pathname}${back.search}`);
    const state = async () =>
      JSON.parse((await dev.get("/state")).text) as { problem: string; agents: { user: string }[] };
    const first = await state();
    expect(first.problem).toContain("this browser asked for no such sign-in");
    expect(first.agents.every(({ user }) => user === null)).toBe(true);
    // It is shown once.
    expect((await state()).problem).toBeNull();
  });

  test("fails for a code of another sign-in: its verifier does not fit", async () => {
    const [one, other] = [new URL(await dev.towards(TRIAGE, "ann")), new URL(await dev.towards(TRIAGE, "bob"))];
    one.searchParams.set("code", other.searchParams.get("code") ?? "");
    await dev.get(`${one.pathname}${one.search}`);
    const { problem } = JSON.parse((await dev.get("/state")).text) as { problem: string };
    expect(problem).toMatch(/^not signed in: .*/);
  });

  test("leaves no token with the browser: a cookie that no script and no other site sees", async () => {
    const answer = await dev.post("/sign-in", { agent: TRIAGE }, { cookie: "" });
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      /^ambit-development-page=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    await dev.signIn(TRIAGE, "ann");
    const { text } = await dev.get("/state");
    expect(JSON.parse(text)).toMatchObject({ agents: [{ name: TRIAGE, isServed: true, user: "ann" }] });
    expect(text).not.toContain("eyJ");
  });
});

describe("a user talks to an agent", () => {
  beforeAll(() => dev.signIn(TRIAGE, "ann"));

  test("the answer comes with a reference, and a follow-up joins the run", async () => {
    const first = await dev.ask({ ...CHAT, body: sentence("hello") });
    expect(headIn(first)).toMatchObject({ status: 200, run: expect.stringMatching(/^[\w-]+\.[0-9a-f]{16}$/) });
    expect(textIn(first)).toContain("I am the example agent");
    expect(first.at(-1)).toEqual({ end: { isWhole: true } });
    const { run } = headIn(first);
    expect(headIn(await dev.ask({ ...CHAT, body: sentence("again"), run }))).toMatchObject({ status: 200, run });
    const joined = (event: Numbered): boolean => event.kind === "run" && event.how === "joined";
    const events = await dev.events(joined);
    expect(events.find(({ kind }) => kind === "run")).toMatchObject({
      how: "begun",
      user: "ann",
      start: "user",
      chain: [],
    });
  });

  test("the mark and the taint rise as a ticket is read, and what a stranger ordered is refused, with what would allow it", async () => {
    const parts = await dev.ask({ ...CHAT, body: sentence("answer ticket 4711"), newSession: true });
    const told = textIn(parts);
    expect(told).toContain("reads the ticket: 200");
    const isLast = (event: Numbered): boolean => event.kind === "outcome" && event.what.startsWith("zendesk.comment");
    const events = await eventsOf(headIn(parts).run, isLast);
    const rose = events.flatMap((event) => (event.kind === "session" ? [[event.mark, event.tainted]] : []));
    expect(rose[0]).toEqual(["public", false]);
    expect(rose.at(-1)).toEqual(["confidential", true]);
    const decisions = events.flatMap((event) => (event.kind === "decision" ? [event] : []));
    const brief = decisions.map(({ allowed, by, what, reasons }) =>
      [allowed ? "allowed" : "refused", by, what, ...reasons.map(({ code }) => code)].join(" "),
    );
    expect(brief).toEqual([
      "allowed gateway zendesk.read",
      "allowed gateway agent:researcher.lookup",
      "allowed gateway request of a2a, started by delegation",
      "refused gateway zendesk call.unrecognised",
      "refused gateway zendesk call.arguments",
      "refused exchange token for tool:payments audience.not-granted",
      "allowed gateway zendesk.comment",
    ]);
    const refused = decisions.filter(({ allowed }) => !allowed);
    expect(refused.every(({ agent, reasons }) => agent === TRIAGE && reasons.every(({ fix }) => fix !== ""))).toBe(
      true,
    );
    expect(refused.find(({ reasons }) => reasons[0]?.code === "audience.not-granted")?.remedy).toMatchObject({
      possible: true,
      changes: [expect.stringContaining('do it in task "refund", which grants it')],
    });
  });

  test("work is handed on to an agent that runs as a process of the developer's, who gets a handle and no evidence", async () => {
    arrived.length = 0;
    const message = { messageId: "1", role: "ROLE_USER", parts: [{ text: "look up" }] };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message } });
    const ordered = sentence(`hand on researcher.lookup POST / ${body}`);
    const parts = await dev.ask({ ...CHAT, body: ordered, newSession: true });
    expect(textIn(parts)).toContain("POST delegates/researcher.lookup/: 200\n  <b>looked up</b>");
    expect(arrived).toMatchObject([{ url: "/", body, headers: { "ambit-run": expect.stringMatching(/^[\w-]{43}$/) } }]);
    expect(arrived[0]?.headers["authorization"]).toBeUndefined();
    const events = await eventsOf(headIn(parts).run, (event) => event.kind === "run" && event.agent === "researcher");
    expect(events.at(-1)).toMatchObject({
      task: "lookup",
      start: "delegation",
      user: "ann",
      chain: [{ agent: TRIAGE, task: "answer" }],
    });
  });

  test("fails for another user's run, and for an agent that does not serve here", async () => {
    const { run } = headIn(await dev.ask({ ...CHAT, body: sentence("hello") }));
    await dev.signIn(TRIAGE, "bob");
    const parts = await dev.ask({ ...CHAT, body: sentence("mine?"), run });
    expect([headIn(parts).status, textIn(parts)]).toEqual([403, expect.stringContaining("run.unknown")]);
    await dev.signIn(TRIAGE, "ann");
    const handed = textIn(await dev.ask({ ...CHAT, body: sentence("hand on web-reader.fetch POST / {}") }));
    expect(handed).toContain("403 delegation.undeclared");
  });

  test("the story is not played where its agents serve here", async () => {
    expect(reasonsIn(await dev.post("/story", {}))).toEqual([409, "page.story"]);
  });

  test("signing out forgets the user", async () => {
    await dev.post("/sign-out", {});
    expect(reasonsIn(await dev.post("/ask", CHAT))).toEqual([403, "page.signed-out"]);
  });
});

test("prints a command by which a user asks the agent", async () => {
  const { command = "" } = dev.printed.commands.find(({ name }) => name === `${TRIAGE}.answer`) ?? {};
  const { stdout } = await shell("bash", ["-c", command]);
  expect(stdout).toContain("I am the example agent");
});
