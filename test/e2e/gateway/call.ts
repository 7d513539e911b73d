import { type IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { RealAgent } from "../exchange/real-agent";
import { tokenOf } from "../exchange/real-agent";
import type { AgentName } from "./gateway-identities";
import type { GatewayWorld } from "./gateway-world";

const RECOVERED_SECONDS = 60;
const PAUSE_MILLISECONDS = 100;
export const USER_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
  /** Without a client certificate at all */
  readonly anonymous?: boolean;
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of the reasons why it was refused */
  readonly codes: readonly string[];
}

/** A request to the gateway, sent as it is written here: no library mends it. */
export function called(world: GatewayWorld, agent: RealAgent, asked: Asked): Promise<Got> {
  const { method = "GET", path, token, headers = {}, body, anonymous = false } = asked;
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const sent = request({
      host: world.host,
      port: world.port,
      method,
      path,
      headers: { ...authorization, ...headers } as Record<string, string | string[]>,
      agent: false,
      ca: agent.bundle,
      checkServerIdentity: (_, { subjectaltname }) =>
        subjectaltname === `URI:${world.idOf("gateway")}` ? undefined : new Error(`the gateway is ${subjectaltname}`),
      ...(anonymous ? {} : { cert: agent.certificate, key: agent.key }),
    });
    sent.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, codes: codesIn(text) }),
      );
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Ask until a call goes out again. @throws Error where it takes a minute, however busy the machine is */
export async function untilAllowed(ask: () => Promise<Got>): Promise<void> {
  const deadline = performance.now() + RECOVERED_SECONDS * 1_000;
  for (let got = await ask(); got.status !== 200; got = await ask()) {
    if (performance.now() > deadline)
      throw new Error(`not again after ${RECOVERED_SECONDS} s: ${got.status} ${got.text}`);
    await sleep(PAUSE_MILLISECONDS);
  }
}

export function codesIn(text: string): readonly string[] {
  try {
    const { reasons = [] } = JSON.parse(text) as { reasons?: readonly { readonly code: string }[] };
    return reasons.map(({ code }) => code);
  } catch {
    return [];
  }
}

/** A token of the exchange for a tool, with the user's evidence */
export async function toolToken(
  world: GatewayWorld,
  name: AgentName,
  task: string,
  tool: string,
  { user = "alice", newSession = false }: { readonly user?: string; readonly newSession?: boolean } = {},
): Promise<string> {
  const form = {
    audience: `tool:${tool}`,
    subject_token: world.evidence(name, task, user, newSession),
    subject_token_type: USER_TOKEN,
  };
  return tokenOf(await world.as(name).exchanged(world.exchange, form, { task, start: "user" }));
}
