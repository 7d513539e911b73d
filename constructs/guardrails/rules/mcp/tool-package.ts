import { CONFIG_TYPES, configurationTextsOf, mayConfigure } from "../../config-texts";
import type { Block } from "../../block";
import { documentsIn } from "../../private/documents";
import { manifestOf } from "../../private/manifest";
import { objectsBelow } from "../../private/mcp-resources";
import { loadsPackages, unpinnedPackagesIn } from "../../private/package-commands";
import { taskContainersOf } from "../../private/task-containers";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { blockOf, type BlockBody, isObject, listOf, UndecidedValue } from "../../value";

/** What npx, uvx, pip and their like load when the container starts; kagent and clients of MCP write such servers with a command and `args`. */
export const toolPackage: BlockRule = {
  id: "AMBIT-MCP-TOOL-PACKAGE",
  severity: "high",
  what: "a container must not load a package from a registry without its version when it starts",
  why: "what is published next under that name runs with the agent's or the tool's rights at the next start",
  fix: "build the package into an image that is named by its digest, or write name@1.2.3",
  standards: ["owasp-mcp/MCP04", "owasp-mcp/MCP03", "owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/SR-4", "maestro/L3"],
  looksAt: [...POD_TYPES, ...CONFIG_TYPES, "aws_ecs_task_definition"],
  isAbout: mayConfigure,
  *check(block, stack) {
    // A task that is known at apply only is refused by the rules about its images and secrets.
    const isTask = block.type === "aws_ecs_task_definition";
    for (const each of isTask ? readable(() => taskContainersOf(block, stack).filter(isObject)) : [])
      for (const found of unpinnedIn(each, "entryPoint", "command"))
        yield { what: `${String(each["name"])}::${found}`, at: "container_definitions", evidence: found };
    for (const { at, name, spec } of podsOf(block).flatMap(({ containers }) => containers))
      for (const found of unpinnedIn(spec, "command", "args"))
        yield { what: `${name}::${found}`, at: `${at}.args`, evidence: found };
    yield* configured(block, stack);
    if (block.type !== "kubernetes_manifest") return;
    const { kind, manifest } = manifestOf(block);
    if (kind !== "MCPServer" || !String(manifest["apiVersion"]).startsWith("kagent.dev/")) return;
    const at = "manifest.spec.deployment";
    const deployment = blockOf(blockOf(manifest, "spec", at) ?? {}, "deployment", at) ?? {};
    for (const found of unpinnedIn(deployment, "cmd", "args")) yield { what: found, at: `${at}.args`, evidence: found };
  },
};

function unpinnedIn(container: BlockBody, ...parts: readonly string[]): readonly string[] {
  return unpinnedPackagesIn(
    parts
      .flatMap((part) => listOf(container[part]))
      .map(String)
      .join(" "),
  );
}

/** Servers in the file of a client of MCP, each with `command` and `args`. Other texts that no reader of YAML takes have none. */
function* configured(block: Block, stack: StackJson): Generator<Violation> {
  for (const { key, at, text } of configurationTextsOf(block, stack)) {
    if (!text.includes("command") || !loadsPackages(text)) continue;
    for (const { object } of readable(() => documentsIn(text, at)).flatMap((each) => [...objectsBelow(each, at)]))
      for (const found of typeof object["command"] === "string" ? unpinnedIn(object, "command", "args") : [])
        yield { what: `${key}::${found}`, at, evidence: found };
  }
}

function readable(read: () => readonly BlockBody[]): readonly BlockBody[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof UndecidedValue) return [];
    throw error;
  }
}
