import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RegistryAgent, type RegistryDocument, Sensitivity, type Start, STARTS } from "../domain";

/** One agent in a line, read from synthesized output */
export interface AgentSummary {
  readonly agent: string;
  readonly owner: string;
  /** Day from which it may no longer act */
  readonly expires: string;
  readonly state: RegistryAgent["state"];
  readonly tasks: readonly string[];
  /** What may start a task by a way in: empty without one */
  readonly callers: readonly Start[];
  readonly highestSensitivity: string;
  readonly risk: string;
  /** Longest credential beside its SVIDs */
  readonly longestCredentialSeconds: number;
  /** Longest time after a kill for which something still works; 0 for an agent that reaches nothing */
  readonly revocationHorizonSeconds: number;
  /** Terraform resources that are its own */
  readonly resources: number;
}

const SENSITIVITIES = Sensitivity.all.map(({ name }) => name);

/** Every agent of a synthesized output folder, by name. */
export function fleetSummary(outdir: string): readonly AgentSummary[] {
  const registry = readJson<RegistryDocument>(join(outdir, "ambit", "registry.json"));
  const resources = resourcesPerAgent(outdir);
  return Object.entries(registry.agents).map(([agent, entry]) => ({
    agent,
    owner: entry.owner,
    expires: entry.expires.slice(0, 10),
    state: entry.state,
    tasks: Object.keys(entry.tasks),
    callers: callersOf(entry),
    highestSensitivity: highest(entry, registry),
    risk: entry.risk.tier,
    longestCredentialSeconds: entry.longestCredentialSeconds,
    revocationHorizonSeconds: entry.revocationHorizon[0]?.seconds ?? 0,
    resources: resources.get(agent) ?? 0,
  }));
}

function callersOf({ tasks, serves = {} }: RegistryAgent): readonly Start[] {
  const served = Object.values(serves).flatMap((way) => way.tasks);
  const starts = new Set(served.flatMap((name) => tasks[name]?.startedBy ?? []));
  return STARTS.filter((start) => start !== "agent" && starts.has(start));
}

function highest(agent: RegistryAgent, registry: RegistryDocument): string {
  const names = Object.values(agent.tasks).flatMap((task) => Object.keys(task.data));
  const ranks = names.map((name) => SENSITIVITIES.indexOf(registry.datasets[name]?.sensitivity ?? "restricted"));
  return SENSITIVITIES[Math.max(0, ...ranks)] as string;
}

interface Manifest {
  readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
}

interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Resource>>>>;
}

interface Resource {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
}

/** An agent's resources lie below its name in the construct tree. */
function resourcesPerAgent(outdir: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const { stacks } = readJson<Manifest>(join(outdir, "manifest.json"));
  for (const { synthesizedStackPath } of Object.values(stacks)) {
    const { resource = {} } = readJson<Stack>(join(outdir, synthesizedStackPath));
    for (const entry of Object.values(resource).flatMap((kind) => Object.values(kind))) {
      const agent = entry["//"]?.metadata?.path?.split("/")[1] ?? "";
      counts.set(agent, (counts.get(agent) ?? 0) + 1);
    }
  }
  return counts;
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
