import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { askAgent } from "./ask-agent";
import type { Answer } from "./ask-companion";
import type { Login } from "./aws/login";
import { CLERK } from "./clerk-pods";
import { MCP } from "./mcp-headers";
import type { OneNode } from "./one-node";

const CALL_SECONDS = 120;

export interface PaymentsCall {
  readonly task: "look" | "payout";
  /** Name of the tool at the server */
  readonly tool: string;
  readonly given: object;
}

/** A run of the clerk begins for a user, and calls the payments' server by the companion. */
export async function askPayments(
  on: OneNode,
  pod: KubeObject,
  login: Login,
  { task, tool, given }: PaymentsCall,
): Promise<readonly [status: number, answer: Answer]> {
  const evidence = login.token(CLERK.evidenceFor(task));
  const [began, { run, ...why }] = await askAgent(on, pod, "POST", "/v1/runs", { task, start: "user", evidence });
  if (began !== 201) throw new Error(`the run of ${task} does not begin: ${JSON.stringify(why)}`);
  const call = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: given } };
  const path = `/v1/runs/${String(run)}/tools/payments`;
  let answer: Awaited<ReturnType<typeof askAgent>> = [0, {}];
  // Where the tools' list comes too late from a busy machine, nothing has gone out, and the answer says to call again.
  await until(
    async () => (answer = await askAgent(on, pod, "POST", path, call, MCP))[0] !== 503,
    CALL_SECONDS,
    () => JSON.stringify(answer),
  );
  return answer;
}
