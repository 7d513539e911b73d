import { parseArgs } from "node:util";
import { type AgentSummary, fleetSummary } from "../governance/inventory/fleet-summary";
import { definedAgents } from "../domain";
import { endedBy } from "./refusal";
import { warningsOf, warningText } from "./synth-warnings";
import { bold, table, yellow } from "./terminal";

const HELP = `Usage: npm run synth [-- --json]

Runs main.ts, which writes cdktf.out (or $CDKTF_OUTDIR), and prints one line per agent. Warns on
standard error of agents in no fleet, and agents that expired.

  --json   print agents and warnings as JSON
  --help   print this text

Exit codes: 0 synthesized, 1 a declaration was refused, 2 unknown option.
`;

function main(): number {
  let json: boolean | undefined;
  try {
    const { values } = parseArgs({ options: { json: { type: "boolean" }, help: { type: "boolean" } } });
    if (values.help === true) {
      process.stdout.write(HELP);
      return 0;
    }
    json = values.json;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  try {
    // Loading the app is running it, exactly as the cdktf command does.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require("../main");
  } catch (error) {
    process.stderr.write(`${endedBy(error)}\n`);
    return 1;
  }
  const agents = fleetSummary(process.env.CDKTF_OUTDIR ?? "cdktf.out");
  const warnings = warningsOf({
    defined: definedAgents(),
    agents,
    isLoaded: (file) => require.cache[file] !== undefined,
  });
  process.stdout.write(json === true ? `${JSON.stringify({ agents, warnings }, null, 2)}\n` : lines(agents));
  for (const warning of warnings) process.stderr.write(`${yellow("warning")} ${warningText(warning)}\n`);
  return 0;
}

function lines(agents: readonly AgentSummary[]): string {
  const head = [
    "agent",
    "owner",
    "expires",
    "tasks",
    "callers",
    "data",
    "risk",
    "credential",
    "horizon",
    "resources",
  ].map(bold);
  const rows = agents.map((agent) => [
    agent.state === "active" ? agent.agent : yellow(`${agent.agent} (${agent.state})`),
    agent.owner,
    agent.expires,
    agent.tasks.join(", "),
    agent.callers.length === 0 ? "none" : agent.callers.join(", "),
    agent.highestSensitivity,
    agent.risk,
    duration(agent.longestCredentialSeconds),
    duration(agent.revocationHorizonSeconds),
    String(agent.resources),
  ]);
  return table([head, ...rows]);
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

process.exitCode = main();
