import { refuse, shown } from "../errors";
import { isRecord } from "../is-record";
import type { ToolAction } from "../tool";
import type { JsonSchema, ServiceIdentity } from "../tool-props";

type HttpMatch = Extract<ToolAction["match"], { readonly method: string }>;

/** Arguments of path, query and body have distinct names: otherwise it would be unclear which one was decided on. */
export function parametersAreDistinct(actions: readonly ToolAction[], where: string): void {
  for (const { name, match } of actions) {
    if (!("method" in match)) continue;
    const names = [...pathNames(match), ...namesIn(match.query), ...namesIn(match.body)];
    const twice = names.find((each, index) => names.indexOf(each) !== index);
    if (twice === undefined) continue;
    const what = `path, query and body must name different parameters, got ${shown(twice)} in two of them`;
    refuse("action.malformed", `${where} action ${shown(name)}`, `${what}: rename one, in the path as you like`);
  }
}

/** A call without the bound parameter is refused, so an action that cannot carry it could never be called. */
export function boundParametersAreCarried(
  actsAs: "user" | Required<ServiceIdentity>,
  actions: readonly ToolAction[],
  where: string,
): void {
  if (actsAs === "user") return;
  for (const parameter of Object.keys(actsAs.bind)) {
    const without = actions.find(({ match }) => "method" in match && !carries(match, parameter));
    if (without === undefined) continue;
    const what = `actsAs.bind names ${shown(parameter)}, and no request of it can carry that`;
    const fix = `name it in the path, in query or in body, or declare the action at a tool with another identity`;
    refuse("bind.unknown", `${where} action ${shown(without.name)}`, `${what}: ${fix}`);
  }
}

function carries(match: HttpMatch, parameter: string): boolean {
  return pathNames(match).includes(parameter) || mayHave(match.query, parameter) || mayHave(match.body, parameter);
}

function mayHave(schema: JsonSchema | undefined, name: string): boolean {
  if (schema === undefined) return false;
  if (namesIn(schema).includes(name)) return true;
  return schema.additionalProperties !== false || schema.patternProperties !== undefined;
}

function pathNames({ path }: HttpMatch): readonly string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1] as string);
}

function namesIn(schema: JsonSchema | undefined): readonly string[] {
  return isRecord(schema?.properties) ? Object.keys(schema.properties) : [];
}
