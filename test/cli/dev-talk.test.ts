import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import type { DevelopmentPlatform } from "../../cli/dev/development-platform";
import { type AnswerPart, askAgent } from "../../cli/dev/page/ask-agent";
import { PageSessions } from "../../cli/dev/page/page-sessions";
import { Talk } from "../../cli/dev/page/talk";
import { StoryPlayer } from "../../cli/dev/story/story-player";

const HOST = "desk.agents.example";
const folder = mkdtempSync(join(tmpdir(), "ambit-talk-"));
const authority = new DevelopmentAuthority("prod.acme.example");
const bundle = join(folder, "bundle.pem");
writeFileSync(bundle, authority.bundle);
let server: Server;
let port: number;

beforeAll(async () => {
  const { certificate: cert, key } = authority.x509Svid("spiffe://prod.acme.example/users", {
    dnsNames: ["*.agents.example"],
    ipAddresses: [],
  });
  server = createServer({ cert, key }, (request, response) => {
    if (request.url === "/cut") response.write("half", () => response.destroy());
    else response.setHeader("ambit-run", "r.1").end(`${request.headers.host} ${request.headers["ambit-task"]}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function asked(path: string, host = HOST): Promise<readonly AnswerPart[]> {
  const parts: AnswerPart[] = [];
  const { signal } = new AbortController();
  const request = { host, port, ca: authority.bundle, method: "POST", path, headers: { "ambit-task": "tell" }, signal };
  await askAgent({ ...request, body: "é" }, (part) => parts.push(part));
  return parts;
}

describe("an agent is asked as users ask it", () => {
  test("by its host, and the answer comes part by part with its reference", async () => {
    expect(await asked("/chat")).toEqual([
      { head: { status: 200, type: "", run: "r.1", decision: null } },
      { text: `${HOST} tell` },
      { end: { isWhole: true } },
    ]);
  });

  test("an answer that is broken off is said to be cut", async () => {
    expect((await asked("/cut")).at(-1)).toEqual({ end: { isWhole: false } });
  });

  test("fails where the listener shows a certificate for another name", async () => {
    await expect(asked("/chat", "desk.other.example")).rejects.toThrow("does not match");
  });

  test("fails for an agent that does not serve here, and says how it would", async () => {
    const platform = {
      issuers: { login: undefined, userIssuer: "https://127.0.0.1:1/users" },
      files: { bundle },
      users: { domain: "agents.example", port, agents: [] },
    } as unknown as DevelopmentPlatform;
    const story = new StoryPlayer([], new Map());
    const talk = new Talk({ platform, story, address: "http://127.0.0.1:2", onUser: () => undefined });
    const session = new PageSessions().begin();
    const held = {
      user: "ann",
      client: "c",
      accessToken: "t",
      refreshToken: undefined,
      expiresAt: Date.now() + 600_000,
    };
    session.tokens.set("support-triage", held);
    const ask = { agent: "support-triage", task: "answer", method: "POST", path: "/chat" };
    expect(await talk.ask(session, JSON.stringify(ask))).toEqual({
      reasons: [
        {
          code: "page.not-served",
          what: "support-triage does not serve here",
          fix: "start npm run dev with --serves support-triage=<port of your process>, or --serves support-triage=example",
        },
      ],
    });
    // Without a refresh token there is no other evidence for another session, and the user signs in again.
    await expect(talk.ask(session, JSON.stringify({ ...ask, newSession: true }))).rejects.toThrow("sign in again");
    expect(await talk.ask(session, JSON.stringify(ask))).toMatchObject({ reasons: [{ code: "page.signed-out" }] });
    expect(talk.story()).toBe(
      "start npm run dev without --agent: the story needs support-triage, researcher, web-reader",
    );
  });
});
