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
  { task, ...call }: PaymentsCall,
): Promise<readonly [status: number, answer: Answer]> {
  return callPayments(on, pod, await runOfClerk(on, pod, login, task), call);
}

/** @returns what stands for the run towards the companion */
export async function runOfClerk(
  on: OneNode,
  pod: KubeObject,
  login: Login,
  task: PaymentsCall["task"],
): Promise<string> {
  const evidence = login.token(CLERK.evidenceFor(task));
  const [began, { run, ...why }] = await askAgent(on, pod, "POST", "/v1/runs", { task, start: "user", evidence });
  if (began !== 201) throw new Error(`the run of ${task} does not begin: ${JSON.stringify(why)}`);
  return String(run);
}

/** What the agent sends its companion */
export function paymentsRequest(run: string, { tool, given }: Omit<PaymentsCall, "task">) {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: given } };
  return { path: `/v1/runs/${run}/tools/payments`, body, headers: MCP } as const;
}

export async function callPayments(
  on: OneNode,
  pod: KubeObject,
  run: string,
  call: Omit<PaymentsCall, "task">,
): Promise<readonly [status: number, answer: Answer]> {
  const { path, body, headers } = paymentsRequest(run, call);
  let answer: Awaited<ReturnType<typeof askAgent>> = [0, {}];
  // Where the tools' list comes too late from a busy machine, nothing has gone out, and the answer says to call again.
  await until(
    async () => (answer = await askAgent(on, pod, "POST", path, body, headers))[0] !== 503,
    CALL_SECONDS,
    () => JSON.stringify(answer),
  );
  return answer;
}
