import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type AgentDeclaration, type DefinedAgent, shown, type SourceLine, sourceOf } from "../domain";
import type { AgentSummary } from "../governance/inventory/fleet-summary";

/** What synthesizes and is seldom meant */
export interface Warning {
  readonly code: "agent.unlisted" | "agent.expired";
  readonly agent: string;
  readonly sentence: string;
  /** Where the agent is declared */
  readonly source?: SourceLine;
}

export interface Synthesized {
  /** Agents that the program defined */
  readonly defined: readonly DefinedAgent[];
  /** Agents in the output */
  readonly agents: readonly AgentSummary[];
  /** Whether the program ran the file, by its absolute path */
  readonly isLoaded: (file: string) => boolean;
}

export function warningsOf({ defined, agents, isLoaded }: Synthesized): readonly Warning[] {
  const listed = defined.filter(({ isListed }) => isListed).map(({ agent }) => agent);
  const unlisted = defined.filter(({ isListed }) => !isListed).map(({ agent }) => agent);
  const expired = agents.filter(({ state }) => state === "expired").map(({ agent }) => agent);
  const folders = new Set(listed.flatMap((agent) => sourceOf(agent)?.file ?? []).map((file) => dirname(file)));
  return [
    ...unlisted.map((agent) => isInNoFleet(agent.name, sourceOf(agent))),
    ...[...folders].sort().flatMap((folder) => inFilesNotLoaded(folder, isLoaded)),
    ...listed.filter(({ name }) => expired.includes(name)).map(hasExpired),
  ];
}

/** `<file>:<line>: <sentence>` */
export function warningText({ sentence, source }: Warning): string {
  return source === undefined ? sentence : `${source.file}:${source.line}: ${sentence}`;
}

function isInNoFleet(agent: string, source: SourceLine | undefined): Warning {
  const sentence = `agent ${shown(agent)} is in no fleet and gets nothing: add it to Fleet.of, or remove it`;
  return { code: "agent.unlisted", agent, sentence, ...(source && { source }) };
}

function hasExpired(agent: AgentDeclaration): Warning {
  const sentence = `agent ${shown(agent.name)} expired on ${agent.expires} and is suspended: extend expires after a review, or remove it`;
  const source = sourceOf(agent);
  return { code: "agent.expired", agent: agent.name, sentence, ...(source && { source }) };
}

/**
 * Agents in files beside those of the fleet that are not imported: then only the source text shows what a file defines.
 */
function inFilesNotLoaded(folder: string, isLoaded: (file: string) => boolean): readonly Warning[] {
  const files = readdirSync(folder).filter((file) => /\.[cm]?[jt]s$/.test(file) && !/\.(d|test|spec)\.\w+$/.test(file));
  return files
    .sort()
    .map((file) => (folder === "." ? file : `${folder}/${file}`))
    .filter((file) => !isLoaded(resolve(file)))
    .flatMap((file) => definedIn(file).map(({ agent, line }) => isInNoFleet(agent, { file, line })));
}

function definedIn(file: string): readonly { readonly agent: string; readonly line: number }[] {
  const text = readFileSync(join(process.cwd(), file), "utf8");
  return [...text.matchAll(/\bAgent\.define(?:<[^()]*>)?\(\s*(["'`])([^"'`]+)\1/g)].map((match) => ({
    agent: match[2] as string,
    line: text.slice(0, match.index).split("\n").length,
  }));
}
