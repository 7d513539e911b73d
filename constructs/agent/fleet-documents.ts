import type { TerraformStack } from "cdktf";
import { type Fleet, type Json, type RegistryDocument, registryJson, sourceOf, withAws } from "../../domain";
import { sessionPolicy } from "../access/session-policy";
import { policyTextOf, registryWithoutAws, writeBeside } from "../platform/documents";
import type { Platform } from "../platform/platform";

export interface FleetDocumentsProps {
  readonly platform: Platform;
  readonly fleet: Fleet;
}

/**
 * Write the documents beside the synthesized stacks whenever `stack` is synthesized: `registry.json` and `policy.json`
 * for the enforcement points, and `sources.json` with the source location of each declaration. A moved line changes
 * only `sources.json`, which is in no plan.
 */
export function writeFleetDocuments(stack: TerraformStack, props: FleetDocumentsProps): void {
  writeBeside(stack, () => ({
    "registry.json": registryJson(registryDocument(props)),
    "policy.json": policyTextOf(props.platform, props.fleet),
    "sources.json": registryJson(sourcesDocument(props.fleet)),
  }));
}

/** The registry of this fleet on this platform, unsigned. */
export function registryDocument({ platform, fleet }: FleetDocumentsProps): RegistryDocument {
  return withAws(registryWithoutAws(platform, fleet), fleet, (agent, task) => {
    if (task.awsData.length === 0) return undefined;
    const policy = sessionPolicy(agent, task, platform);
    return { role: platform.agentRoleArn(agent, task), ...(policy && { sessionPolicy: policy.toJson() }) };
  });
}

function sourcesDocument({ agents, tools, datasets }: Fleet): Readonly<Record<string, Json>> {
  const touched = tools.flatMap((tool) => [...tool.actions.values()].flatMap((action) => action.touches));
  return {
    version: "ambit.sources/2",
    agents: linesOf(agents),
    tools: linesOf(tools),
    datasets: linesOf([...touched.map(({ dataset }) => dataset), ...datasets]),
  };
}

function linesOf(declared: readonly { readonly name: string }[]): Json {
  return Object.fromEntries(declared.map((each) => [each.name, { ...sourceOf(each) }]));
}
