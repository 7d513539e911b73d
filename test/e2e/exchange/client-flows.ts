import { deepStrictEqual as equal } from "node:assert";
import { ACCESS_TOKEN, details, JWT_SPIFFE } from "../../support/exchange/served-exchange";
import type { InUse } from "./identity-checks";
import type { WorkloadName } from "./identity-world";
import type { RealAgent } from "./real-agent";

/** What is sent for a task that a user starts */
export function userStart({ world }: InUse, agent: WorkloadName, task: string, audience: string, more: object = {}) {
  return {
    subject_token: world.issuers.userToken({ agentId: world.idOf(agent), task: `first.${task}` }),
    subject_token_type: ACCESS_TOKEN,
    audience,
    authorization_details: details({ task, start: "user", ...more }),
  };
}

/** What is sent for a task that a delegator's token starts */
export function delegatedStart(token: string, task: string, audience: string, more: object = {}) {
  return {
    subject_token: token,
    subject_token_type: ACCESS_TOKEN,
    audience,
    authorization_details: details({ task, start: "delegation", ...more }),
  };
}

/** The one thing that a client is told of SPIFFE: which assertion it sends (draft-ietf-oauth-spiffe-client-auth) */
export async function withJwtSvid(agent: RealAgent, body: URLSearchParams): Promise<void> {
  body.set("client_id", agent.spiffeId);
  body.set("client_assertion_type", JWT_SPIFFE);
  body.set("client_assertion", await agent.jwtSvid());
}

/** What the client threw, which is to be an error of OAuth */
export async function errorOf(act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
  } catch (error) {
    const { error: code, status, message } = error as { error?: string; status?: number; message: string };
    return code ?? `${status ?? message}`;
  }
  return "nothing was refused";
}

export async function allRefused(
  rows: readonly (readonly [what: string, act: () => Promise<unknown>, error: string])[],
): Promise<void> {
  for (const [what, act, error] of rows) equal([what, await errorOf(act)], [what, error]);
}
