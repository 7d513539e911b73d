import type { JsonSchema } from "../../domain";

/** An example value for a JSON Schema of the usual kind; for others, the user must edit it */
export function exampleOf(schema: JsonSchema | boolean): unknown {
  if (typeof schema === "boolean") return {};
  const { const: only, enum: values, type, properties, required, items, default: usual } = schema;
  if ("const" in schema) return only;
  if (Array.isArray(values)) return values[0];
  if ("default" in schema) return usual;
  switch (Array.isArray(type) ? type[0] : type) {
    case "object":
      return objectOf(properties, required);
    case "array":
      return isSchema(items) ? [exampleOf(items)] : [];
    case "string":
      return "example";
    case "integer":
    case "number":
      return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
    case "boolean":
      return true;
    default:
      return isSchema(properties) ? objectOf(properties, required) : null;
  }
}

function objectOf(properties: unknown, required: unknown): object {
  const known = isSchema(properties) ? properties : {};
  const names = Array.isArray(required) ? (required as readonly string[]) : Object.keys(known);
  return Object.fromEntries(names.map((name) => [name, exampleOf((known[name] ?? {}) as JsonSchema)]));
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
