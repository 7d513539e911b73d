import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../cli/dev/free-port";
import { IntentEvaluator, type IntentQuestion } from "../../runtime/decision/intent-evaluator";
import { INTENT_QUESTION } from "../support/intent-question";
import { PAGES } from "./pages";

const page = PAGES.find(({ path }) => path === "docs/intent-evaluator.md")?.text ?? "";
const [, sample = ""] = /^```js evaluator\.mjs\n([\s\S]*?)^```$/m.exec(page) ?? [];

const QUESTION: IntentQuestion = { ...INTENT_QUESTION, arguments: { id: "4711" }, chain: [] };

let evaluator: ChildProcess;
let asking: IntentEvaluator;
const folder = mkdtempSync(join(tmpdir(), "ambit-evaluator-"));

beforeAll(async () => {
  const file = join(folder, "evaluator.mjs");
  writeFileSync(file, sample);
  const port = await freePort();
  evaluator = spawn(process.execPath, [file], { env: { ...process.env, PORT: String(port) }, stdio: "inherit" });
  await listening(port);
  asking = new IntentEvaluator({ url: `http://127.0.0.1:${port}/`, timeoutMs: 5_000 });
});
afterAll(() => {
  asking.close();
  evaluator.kill();
  rmSync(folder, { recursive: true });
});

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the sample does not listen");
}

test("the page's evaluator answers what the client understands", async () => {
  expect(await asking.ask(QUESTION)).toEqual({ intent: { verdict: "allowed" }, reason: "" });
  expect(await asking.ask({ ...QUESTION, userPresent: false })).toEqual({
    intent: { verdict: "refused" },
    reason: "no open ticket waits for this comment",
  });
});

test("the page lists the fields of the question, in their order", async () => {
  const asked: Record<string, unknown>[] = [];
  const server = createServer((socket) => {
    socket.on("data", (chunk: Buffer) => {
      const [, body = ""] = chunk.toString().split("\r\n\r\n");
      if (body !== "") asked.push(JSON.parse(body) as Record<string, unknown>);
      socket.end("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const other = new IntentEvaluator({ url: `http://127.0.0.1:${port}/` });
  await other.ask(QUESTION);
  other.close();
  await new Promise((resolve) => server.close(resolve));
  const section = page.split("## Question")[1]?.split("\n## ")[0] ?? "";
  const listed = [...section.matchAll(/^\| `(\w+)`/gm)].map((match) => match[1]);
  expect(listed).toEqual(Object.keys(asked[0] ?? {}));
});
