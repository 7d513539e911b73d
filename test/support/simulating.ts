import { simulateCommand } from "../../cli/simulate";
import type { Simulated, Summary } from "../../cli/simulate/simulate";
import { called, scratch } from "./cli";
import { examplePolicy } from "./decisions/policy";
import { request, requestLike } from "./decisions/request";

export const folder = scratch("simulate");
export const dir = folder.path;
folder.put("ambit/policy.json", JSON.stringify(examplePolicy));

export const READ = request();
export const COMMENT = requestLike("triage comments on a ticket");
export const DELETE = request({ call: { action: "delete" }, token: { scope: ["delete"] } });

interface Simulation {
  readonly version: string;
  readonly requests: readonly Simulated[];
  readonly summary: Summary;
}

let files = 0;
export const lines = (...requests: readonly unknown[]): string =>
  requests.map((each) => `${typeof each === "string" ? each : JSON.stringify(each)}\n`).join("");
/** On a busy machine it may take so long that it tells how far it is. */
export const withoutProgress = (said: string): string => said.replace(/^ambit: \d+ decided …\n/gm, "");
export const simulate = async (content: string | Buffer, ...args: readonly string[]) => {
  const file = folder.put(`requests-${files++}.ndjson`, content);
  const ended = await called([simulateCommand], "simulate", file, "--dir", dir, ...args);
  return { ...ended, stderr: withoutProgress(ended.stderr) };
};
export async function simulated(content: string | Buffer, ...args: readonly string[]): Promise<Simulation> {
  const { code, stdout, stderr } = await simulate(content, "--json", ...args);
  expect({ code, stderr }).toEqual({ code: args.includes("--diff") ? expect.any(Number) : 0, stderr: "" });
  return JSON.parse(stdout) as Simulation;
}
export const decisions = ({ requests }: Simulation) =>
  requests.map(({ index, after }) => [index, after.decision, ...after.reasons]);
