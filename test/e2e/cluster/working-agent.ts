import { deepStrictEqual as equal, ok } from "node:assert";
import type { KubeObject } from "../spire/kube-client";
import type { Login } from "./aws/login";
import { CLERK } from "./clerk-pods";
import { MCP } from "./mcp-headers";
import type { OneNode } from "./one-node";
import { type LoadStep, SteadyLoad } from "./steady-load";

const MOST_ROUNDS = 2_000;
const FEWEST_ROUNDS = 5;
/** Characters of what came too late */
const SHOWN = 160;
/** Of the rounds: with none of the machine's time, what stands in for AWS is later than an exchange waits. */
const MOST_LATE = 0.2;

/** A run begins, gets a token, and calls by the gateway what its task does not have: that takes registry, token and decision. */
const ROUND: readonly LoadStep[] = [
  { path: "/v1/runs", body: { task: "look", start: "user", evidence: "{evidence}" }, status: 201, saying: '"run":' },
  { path: "/v1/runs/{run}/token", body: { audience: "tool:payments" }, status: 200, saying: '"access_token":' },
  {
    path: "/v1/runs/{run}/tools/payments",
    headers: MCP,
    body: { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "create_refund", arguments: {} } },
    status: 200,
    saying: "Unknown tool: create_refund",
  },
];

export interface WorkingAgent {
  readonly on: OneNode;
  /** Of the agent */
  readonly pod: KubeObject;
  readonly login: Login;
}

/**
 * Do something while an agent works.
 *
 * @throws Error if one of its requests is not answered as it is when nothing is done
 */
export async function whileItWorks(
  { on, pod, login }: WorkingAgent,
  note: (text: string) => void,
  act: () => Promise<void>,
): Promise<void> {
  const evidence = Array.from({ length: MOST_ROUNDS }, () => login.token(CLERK.evidence));
  const load = SteadyLoad.start(on, pod, ROUND, evidence);
  try {
    await act();
  } finally {
    const { rounds, slowest, late, wrong } = await load.end();
    note(
      `${rounds} runs with a token and a call each; the slowest request took ${slowest} ms, ${late.length} too long`,
    );
    for (const one of late) note(one.slice(0, SHOWN));
    equal(wrong, []);
    ok(late.length <= rounds * MOST_LATE, late.join("\n"));
    ok(rounds >= FEWEST_ROUNDS, `${rounds} rounds are too few to tell`);
  }
}
