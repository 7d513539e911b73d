import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { type JsonSchema, refuse, shown, type Tool } from "../../../domain";
import { costlyPart } from "../../../domain/rules/schema-cost";

/**
 * Each schema of query and body is a JSON Schema of draft 2020-12 that the authorizer can compile; if it could not, it
 * would refuse every call of the action. Unknown keywords or formats are refused, because they would check nothing.
 */
export function checkSchemas(tools: readonly Tool[]): void {
  for (const { where, actions } of tools) {
    for (const { name, match } of actions.values()) {
      if (!("method" in match)) continue;
      const at = `${where} action ${shown(name)}`;
      checkSchema(match.query, "query", at);
      checkSchema(match.body, "body", at);
    }
  }
}

function checkSchema(schema: JsonSchema | undefined, property: string, where: string): void {
  if (schema === undefined) return;
  const what = `${property} must be a JSON Schema of draft 2020-12`;
  // What validates it later answers with a promise, which counts as satisfied.
  if (JSON.stringify(schema).includes('"$async"')) refuse("action.malformed", where, `${what}, got one with $async`);
  try {
    const ajv = new Ajv2020({ strictSchema: true, strictTypes: false, strictTuples: false, ownProperties: true });
    addFormats(ajv);
    ajv.compile(schema);
  } catch (error) {
    refuse("action.malformed", where, `${what}: ${(error as Error).message}`);
  }
  const costly = costlyPart(schema);
  if (costly !== undefined) refuse("action.malformed", where, `${property} could take long to check: ${costly}`);
}
