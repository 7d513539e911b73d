import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRecord } from "../../domain/is-record";
import { type KillResult, STEPS } from "../../runtime/kill-switch/result";
import type { runChild } from "../deploy/child";

export type RunProgram = typeof runChild;

/** What commands that stop or restore reach outside this process, besides the exchange */
export interface Parts {
  readonly run: RunProgram;
}

export const REAL_PARTS: Parts = {
  run: async (...args) => (await import("../deploy/child")).runChild(...args),
};

const OUTCOMES: readonly string[] = ["done", "failed", "not needed"] satisfies KillResult["steps"][number]["outcome"][];

/**
 * Call the kill switch by the AWS command line, with the rights of who runs it, and wait for what comes of each step.
 *
 * @throws Error if it could not be called, or ended with an error
 */
export async function calledFunction(
  run: RunProgram,
  { name, region }: { readonly name: string; readonly region: string | undefined },
  order: object,
): Promise<KillResult> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-revoke-"));
  const answer = join(folder, "answer.json");
  try {
    const args = [
      ...["lambda", "invoke", "--function-name", name, "--cli-binary-format", "raw-in-base64-out"],
      ...["--payload", JSON.stringify(order), "--output", "json", "--no-cli-pager"],
      ...(region === undefined ? [] : ["--region", region]),
      answer,
    ];
    const { code, stdout, tail } = await run("aws", args, { cwd: folder });
    if (code !== 0) throw new Error(`the kill switch could not be called: ${tail}`);
    return resultIn(stdout, readFileSync(answer, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isOfKillSwitch({ steps }: Readonly<Record<string, unknown>>): boolean {
  const told = Array.isArray(steps) ? steps.filter(isRecord) : [];
  return STEPS.every((name) => told.some(({ step, outcome }) => step === name && OUTCOMES.includes(String(outcome))));
}

function resultIn(stdout: string, text: string): KillResult {
  const said: unknown = JSON.parse(stdout);
  const answer: unknown = JSON.parse(text);
  if (isRecord(said) && said.FunctionError === undefined && isRecord(answer)) {
    if (isOfKillSwitch(answer)) return answer as unknown as KillResult;
    throw new Error("the function's answer does not say what came of each step: look whether it is the kill switch");
  }
  const message = isRecord(answer) ? answer.errorMessage : undefined;
  throw new Error(`the kill switch ended with an error: ${String(message ?? "its log says which")}`);
}
