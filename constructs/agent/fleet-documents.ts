import type { TerraformStack } from "cdktf";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, type Json, registryJson, registryOf, sourceOf } from "../../domain";
import { sessionPolicy } from "../access/session-policy";
import type { Platform } from "../platform/platform";

/** Folder beside the synthesized stacks */
export const DOCUMENTS_FOLDER = "ambit";

export interface FleetDocumentsProps {
  readonly platform: Platform;
  readonly fleet: Fleet;
}

/**
 * Write what is no resource beside the synthesized stacks, whenever `stack` is synthesized: `registry.json`, what
 * enforcers read, and `sources.json`, where each agent is declared. A moved line changes only the second, so it plans
 * nothing.
 */
export function writeFleetDocuments(stack: TerraformStack, props: FleetDocumentsProps): void {
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize: (session) => {
      synthesizer.synthesize(session);
      const folder = join(session.outdir, DOCUMENTS_FOLDER);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "registry.json"), registryJson(registryDocument(props)));
      writeFileSync(join(folder, "sources.json"), registryJson(sourcesDocument(props.fleet)));
    },
  };
}

/** The registry of this fleet on this platform, unsigned. */
export function registryDocument({ platform, fleet }: FleetDocumentsProps): Json {
  const { trustDomain, clock, domains } = platform;
  return registryOf(fleet, {
    trustDomain,
    clock,
    domains,
    aws: (agent, task) => {
      if (task.awsData.length === 0) return undefined;
      const policy = sessionPolicy(agent, task, platform);
      return { role: platform.agentRoleArn(agent, task), ...(policy && { sessionPolicy: policy.toJson() }) };
    },
  });
}

function sourcesDocument(fleet: Fleet): Json {
  return {
    version: "ambit.sources/1",
    agents: Object.fromEntries(fleet.agents.map((agent) => [agent.name, { ...sourceOf(agent) }])),
  };
}
