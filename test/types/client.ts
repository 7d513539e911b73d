/** What the compiler refuses: `tsc --noEmit` fails when a line below compiles. Nothing here is ever run. */
import { AmbitClient, type Run, type TaskOf } from "../../client/typescript/index";
import { Agent } from "../../constructs";
import type { BuildWatcher } from "../../fleet/agents/build-watcher";
import type { SupportTriage } from "../../fleet/agents/support-triage";
import { S3Client } from "@aws-sdk/client-s3";

const support = new AmbitClient<typeof SupportTriage>();
const builds = new AmbitClient<typeof BuildWatcher>();
const untyped = new AmbitClient();

export function tasks(evidence: string): void {
  support.run("answer", { start: "user", evidence });
  support.run("refund", { start: "user", evidence });
  // @ts-expect-error: misspelt
  support.run("anwser", { start: "user", evidence });
  // @ts-expect-error: another agent's task
  support.run("summarise", { start: "schedule", evidence });
  builds.run("summarise", { start: "schedule", evidence });
  untyped.run("any-task", { start: "schedule", evidence });
  support.awsCredentials("answer");
  // @ts-expect-error: misspelt
  support.awsCredentials("anwser");
}

export function starts(evidence: string): void {
  support.run("answer", { start: "agent" });
  // @ts-expect-error: a start by a user needs evidence
  support.run("answer", { start: "user" });
  // @ts-expect-error: an agent has nothing that proves its own start
  support.run("answer", { start: "agent", evidence });
  // @ts-expect-error: there is no such start
  support.run("answer", { start: "cron", evidence });
}

export function runs(run: Run<"refund">): void {
  void run.token("payments", { actions: ["refund"] });
  void run.delegate("researcher.lookup");
  // @ts-expect-error: a delegate is an agent's task
  void run.delegate("researcher");
  // @ts-expect-error: misspelt
  void run.token("payments", { action: ["refund"] });
  // @ts-expect-error: a run is of one task
  const other: Run<"answer"> = run;
  void other;
  new S3Client({ credentials: run.awsCredentials() });
}

export class Quiet extends Agent.define("quiet", {
  owner: "team@acme.example",
  purpose: "Shows that names are inferred where the class is declared",
  expires: "2027-01-01",
  workload: { namespace: "quiet" },
  tasks: { listen: { startedBy: "user" }, wait: { startedBy: "user" } },
}) {}

export const names: readonly TaskOf<typeof Quiet>[] = ["listen", "wait"];
// @ts-expect-error: misspelt
export const misspelt: TaskOf<typeof Quiet> = "lisen";

// @ts-expect-error: a class that is no agent's has no tasks
export const taskless = new AmbitClient<typeof S3Client>();
// @ts-expect-error: misspelt
export const elsewhere = new AmbitClient({ adress: "http://127.0.0.1:7464" });
