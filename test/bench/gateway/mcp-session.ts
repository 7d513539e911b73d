import { randomUUID } from "node:crypto";
import { asked, type Headers, type Side } from "./load";
import { ALLOWED, REFUSED, REVISION, WEATHER } from "./ten-tools";

const TYPES = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const SESSION = "mcp-session-id";
const SHOWN_CHARACTERS = 200;
const WHO = { protocolVersion: REVISION, capabilities: {}, clientInfo: { name: "bench", version: "1.0.0" } };

/** The side, asked for a call of the tool that is allowed, in a session that is new at each load */
export function inSession(side: Side): Side {
  let calls = 0;
  // No two requests of a session have one id.
  return { ...side, body: () => call(ALLOWED, (calls += 1)), answer: WEATHER, headers: () => opened(side) };
}

/** @throws Error where a side does not call the tool that is allowed, or calls another one, or calls one without a token */
export async function checkDecisions(side: Side): Promise<void> {
  const headers = await side.headers();
  const { authorization: _, ...anonymous } = headers;
  const isCalled = async (tool: string, by: Headers): Promise<boolean> => {
    const { text } = await asked(side, { headers: by, body: call(tool, randomUUID()) });
    return text.includes(WEATHER);
  };
  if (!(await isCalled(ALLOWED, headers))) throw new Error(`${ALLOWED} is not called, which is allowed`);
  if (await isCalled(REFUSED, headers)) throw new Error(`${REFUSED} is called, which is not allowed`);
  if (await isCalled(ALLOWED, anonymous)) throw new Error(`${ALLOWED} is called without a token`);
}

/** What each message of a new session says. @throws Error where it does not begin */
async function opened(side: Side): Promise<Headers> {
  const headers = { ...(await side.headers()), ...TYPES, "mcp-protocol-version": REVISION };
  const begun = await asked(side, { headers, body: rpc({ id: 0, method: "initialize", params: WHO }) });
  if (begun.status !== 200) {
    throw new Error(`initialize was answered with ${begun.status} ${begun.text.slice(0, SHOWN_CHARACTERS)}`);
  }
  const session = begun.headers[SESSION];
  const inIt = { ...headers, ...(typeof session === "string" && { [SESSION]: session }) };
  await asked(side, { headers: inIt, body: rpc({ method: "notifications/initialized" }) });
  return inIt;
}

function call(tool: string, id: number | string): string {
  return rpc({ id, method: "tools/call", params: { name: tool, arguments: { city: "Bremen" } } });
}

function rpc(message: object): string {
  return JSON.stringify({ jsonrpc: "2.0", ...message });
}
