import type { Json } from "../../../domain";
import type { Block } from "../block";
import type { StackJson } from "../stack";
import { blocksOf, isObject } from "../value";
import { roleOf } from "../agent-roles";
import { manifestOf } from "./manifest";
import { oncePer } from "./once-per";
import { isBySame } from "../providers";

/** Agents that AWS runs, with the attribute that names their role */
const ROLES: Readonly<Record<string, string>> = {
  aws_bedrockagent_agent: "agent_resource_role_arn",
  aws_bedrockagentcore_agent_runtime: "role_arn",
};

/** Objects of Kubernetes that are agents, or that agents are made from, as `<group> <kind>` */
const KINDS = new Set(["agents.x-k8s.io Sandbox", "extensions.agents.x-k8s.io SandboxTemplate", "kagent.dev Agent"]);

export const AGENT_TYPES: readonly string[] = [...Object.keys(ROLES), "kubernetes_manifest"];

/** What an agent that Ambit does not make says of itself */
export interface AgentFacts {
  /** Where it is written, or would be */
  readonly at: string;
  readonly owner: Json;
  /** Undefined where its kind has no place for it */
  readonly purpose: Json | undefined;
}

/** Undefined for what is no agent. @throws UndecidedValue for a manifest that is known at apply only */
export function agentFactsOf(block: Block, stack: StackJson): AgentFacts | undefined {
  const { type, body } = block;
  if (Object.hasOwn(ROLES, type)) {
    const tags = [body["tags"], ...defaultTagsOf(block, stack)];
    return { at: "tags", owner: namedIn(tags, OWNER), purpose: body["description"] ?? namedIn(tags, PURPOSE) };
  }
  if (type !== "kubernetes_manifest") return undefined;
  const { kind, manifest } = manifestOf(block);
  if (!KINDS.has(`${String(manifest["apiVersion"]).split("/")[0]} ${kind}`)) return undefined;
  const { labels, annotations } = isObject(manifest["metadata"]) ? manifest["metadata"] : {};
  const { description } = isObject(manifest["spec"]) ? manifest["spec"] : {};
  const purpose = kind === "Agent" ? (description ?? namedIn([annotations], PURPOSE)) : undefined;
  return { at: "manifest.metadata.annotations", owner: namedIn([labels, annotations], OWNER), purpose };
}

/** `owner`, `ambit:owner`, `acme.example/owner` */
const OWNER = /(?:^|[/:.])owner$/i;
const PURPOSE = /(?:^|[/:.])(?:purpose|description)$/i;

function namedIn(maps: readonly (Json | undefined)[], name: RegExp): Json {
  const found = maps.filter(isObject).flatMap((each) => Object.entries(each).filter(([key]) => name.test(key)));
  return found[0]?.[1] ?? null;
}

/** The tags that its provider gives to all */
function defaultTagsOf(block: Block, stack: StackJson): readonly (Json | undefined)[] {
  const own = stack.of("provider.aws").filter(({ body }) => {
    const provider = typeof body["alias"] === "string" ? { provider: `aws.${body["alias"]}` } : {};
    return isBySame(block, { ...block, body: provider });
  });
  return own.flatMap(({ body }) => blocksOf(body, "default_tags").map(({ tags }) => tags));
}

/** Whether a role is one that such an agent of the stack has */
export function isOfManagedAgent(role: Block, stack: StackJson): boolean {
  const roles = rolesIn(stack);
  if (roles.size === 0) return false;
  const { name } = role.body;
  return roles.has(typeof name === "string" ? name : role.address);
}

const rolesIn = oncePer(
  (stack: StackJson): ReadonlySet<string> =>
    new Set(
      Object.entries(ROLES).flatMap(([type, at]) =>
        stack.of(type).flatMap(({ body }) => roleOf(body[at], stack) ?? []),
      ),
    ),
);
