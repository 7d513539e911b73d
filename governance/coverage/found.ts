import type { SafeguardFound } from "./coverage";
import type { DeclaredAgent, Output } from "./output";
import { type AgentRequirement, isForAgents, type PlatformRequirement, type Safeguard } from "./safeguard";

/** What an output shows of each safeguard. Agent by agent: what is known of one is asked for by many safeguards at once. */
export function found(safeguards: readonly Safeguard[], output: Output): readonly SafeguardFound[] {
  const asked = safeguards.map(({ requires }) => ({
    forAgents: requires.filter(isForAgents),
    holds: new Map<string, readonly string[]>(),
    lacks: new Map<string, string>(),
  }));
  const perAgent = asked.filter(({ forAgents }) => forAgents.length > 0);
  for (const agent of output.agents) {
    for (const { forAgents, holds, lacks } of perAgent) {
      const shown = forAgent(agent, forAgents, output);
      if (typeof shown === "string") lacks.set(agent.name, shown);
      else if (shown !== undefined) holds.set(agent.name, shown);
    }
  }
  return asked.map(({ forAgents, holds, lacks }, index) => {
    const { id, name, requires, yours } = safeguards[index] as Safeguard;
    const { platform, missing } = forPlatform(
      requires.filter((each) => !isForAgents(each)) as PlatformRequirement[],
      output,
    );
    const isAbsent = missing.length > 0 || (forAgents.length > 0 && holds.size === 0);
    const extent = isAbsent ? "absent" : lacks.size > 0 ? "partial" : "whole";
    return { id, name, extent, platform, missing, holds, lacks, yours };
  });
}

function forPlatform(
  requires: readonly PlatformRequirement[],
  output: Output,
): Pick<SafeguardFound, "missing" | "platform"> {
  const platform = new Set<string>();
  const missing: string[] = [];
  for (const { what, find } of requires) {
    const addresses = find(output);
    if (addresses.length === 0) missing.push(what);
    for (const address of addresses) platform.add(address);
  }
  return { platform: [...platform], missing };
}

/** Addresses, what is missing first, or undefined where none of it applies to the agent */
function forAgent(
  agent: DeclaredAgent,
  requires: readonly AgentRequirement[],
  output: Output,
): readonly string[] | string | undefined {
  let addresses: readonly string[] | undefined;
  for (const { what, appliesTo, findFor } of requires) {
    if (appliesTo?.(agent, output) === false) continue;
    const shown = findFor(agent, output);
    if (shown.length === 0) return what;
    addresses = addresses === undefined ? shown : [...addresses, ...shown];
  }
  return addresses;
}
