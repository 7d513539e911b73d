import type { TerraformStack } from "cdktf";
import { type Fleet, type Json, type RegistryDocument, registryJson, sourceOf, withAws } from "../../domain";
import { judgeAgents } from "../guardrails/judge";
import { refuseAny } from "../guardrails/refusal";
import { RULES } from "../guardrails/rules";
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
 *
 * @throws DeclarationError `guardrail.violated`, when it is synthesized, for what guardrails find of an agent
 */
export function writeFleetDocuments(stack: TerraformStack, props: FleetDocumentsProps): void {
  writeBeside(stack, () => {
    const registry = registryDocument(props);
    refuseAgents(registry, props);
    return {
      "registry.json": registryJson(registry),
      "policy.json": policyTextOf(props.platform, props.fleet),
      "sources.json": registryJson(sourcesDocument(props.fleet)),
    };
  });
}

function refuseAgents(registry: RegistryDocument, { platform, fleet }: FleetDocumentsProps): void {
  const byName = new Map(fleet.agents.map((agent) => [agent.name, agent]));
  const declaredAt = (name: string): string | undefined => {
    const line = sourceOf(byName.get(name) ?? {});
    return line === undefined ? undefined : `${line.file}:${line.line}`;
  };
  refuseAny(judgeAgents(registry, { rules: RULES, now: platform.clock.now() }, declaredAt), "fleet");
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
