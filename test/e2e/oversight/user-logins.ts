import { tokenOf } from "../exchange/real-agent";
import { called, type Got, USER_TOKEN } from "../gateway/call";
import type { OversightWorld } from "./oversight-world";

/** The token for the tool by which a login starts the task, or why there is none */
export async function started({ gateway }: OversightWorld, evidence: string): Promise<string | readonly string[]> {
  const form = { audience: "tool:till", subject_token: evidence, subject_token_type: USER_TOKEN };
  const answer = await gateway.as("payer").exchanged(gateway.exchange, form, { task: "settle", start: "user" });
  return answer.status === 200 ? tokenOf(answer) : answer.codes;
}

export async function isStarted(at: OversightWorld, evidence: string): Promise<boolean> {
  return typeof (await started(at, evidence)) === "string";
}

/** @returns the same payment, once more each time, in the run that the login started */
export async function paymentsOf(at: OversightWorld, evidence: string): Promise<() => Promise<Got>> {
  const token = await started(at, evidence);
  if (typeof token !== "string") throw new Error(`nothing was started: ${token.join()}`);
  const pay = { method: "POST", path: "/tools/till/refunds/9", headers: { "content-type": "application/json" } };
  return () => called(at.gateway, at.gateway.as("payer"), { ...pay, body: '{"amount":5}', token });
}
