import type { AgentDeclaration, JsonSchema, Task, Tool, ToolAction } from "../../domain";
import type { DevelopmentPlatform } from "./development-platform";
import type { ReadyMadeCommand } from "./ready-made-command";
import { exampleOf } from "./example-value";
import { NEXT_LINE } from "./shell";

type HttpMatch = Extract<ToolAction["match"], { readonly method: unknown }>;
type Values = Readonly<Record<string, unknown>>;

/** A call of each HTTP action that the task grants, as the agent makes it once its run has begun */
export function toolCommands(
  platform: DevelopmentPlatform,
  agent: AgentDeclaration,
  task: Task,
  companion: string,
): readonly ReadyMadeCommand[] {
  if (platform.gateway === undefined) return [];
  return task.tools.flatMap(({ tool, actions }) =>
    actions.flatMap((action) => {
      const { match } = action;
      if (!("method" in match)) return [];
      const at = `${companion}/v1/tasks/${task.name}/tools/${tool.name}`;
      const command = curl(at, match, boundValues(tool, platform.agentId(agent.name)));
      const name = `${agent.name}.${task.name} ${tool.name}.${action.name}`;
      return [{ name, what: "then its call, through the gateway", command }];
    }),
  );
}

function curl(at: string, { method, path, query, body }: HttpMatch, bound: Values): string {
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(`${bound[name] ?? inPath(name)}`));
  const asked = query === undefined ? "" : queryOf(query, bound);
  const url = `${at}${target}${asked}`;
  const sent =
    body === undefined
      ? []
      : ["-H 'content-type: application/json'", `-d '${quoted(JSON.stringify(withBound(body, bound)))}'`];
  return [`curl -sS ${method === "GET" ? "" : `-X ${method} `}'${url}'`, ...sent].join(NEXT_LINE);
}

/** What a service identity binds must be there, and say what the token says. */
function boundValues({ actsAs }: Tool, agentId: string): Values {
  if (actsAs === "user") return {};
  const claims: Values = { "act.sub": agentId, client_id: agentId, sub: "alice" };
  return Object.fromEntries(Object.entries(actsAs.bind).map(([name, claim]) => [name, claims[claim]]));
}

function inPath(name: string): string {
  return /id|number/i.test(name) ? "42" : name;
}

function queryOf(schema: JsonSchema, bound: Values): string {
  const pairs = Object.entries(withBound(schema, bound) as Values).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(`${value as string}`)}`,
  );
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

function withBound(schema: JsonSchema, bound: Values): unknown {
  const example = exampleOf(schema);
  if (typeof example !== "object" || example === null || Array.isArray(example)) return example;
  const known = Object.entries(example).map(([name, value]) => [name, bound[name] ?? value] as const);
  return Object.fromEntries(known);
}

/** Between single quotes of a shell */
function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`);
}
