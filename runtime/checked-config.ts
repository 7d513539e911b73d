import { readFileSync } from "node:fs";
import type { z } from "zod";

/** Names the file of a program's configuration */
export const CONFIG_VARIABLE = "AMBIT_CONFIG";
/** Holds the configuration itself, as JSON: a function has no file that is written when it is deployed. */
export const JSON_VARIABLE = "AMBIT_CONFIG_JSON";

/** The configuration cannot be used. One sentence with the fix. */
export class ConfigError extends Error {
  public override readonly name = "ConfigError";
}

/**
 * The configuration in a JSON file
 *
 * @param path what {@link CONFIG_VARIABLE} says
 * @throws ConfigError
 */
export function readConfigFile<Config>(schema: z.ZodType<Config>, path: string | undefined): Config {
  if (path === undefined || path === "") {
    throw new ConfigError(`${CONFIG_VARIABLE} must be the path of the configuration, got nothing: set it`);
  }
  return parsed(schema, readText(path, CONFIG_VARIABLE), path);
}

/**
 * The configuration of a function
 *
 * @param text what {@link JSON_VARIABLE} holds
 * @throws ConfigError
 */
export function readConfigJson<Config>(schema: z.ZodType<Config>, text: string | undefined): Config {
  if (text === undefined || text === "") {
    throw new ConfigError(`${JSON_VARIABLE} must be the configuration as JSON, got nothing: set it`);
  }
  return parsed(schema, text, JSON_VARIABLE);
}

function parsed<Config>(schema: z.ZodType<Config>, text: string, name: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${name} must be JSON: ${(error as Error).message}`);
  }
  return checked(schema, value, name);
}

/**
 * @param property that names the file, for messages
 * @throws ConfigError
 */
export function readText(path: string, property: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${property} must name a file that can be read: ${(error as Error).message}`);
  }
}

/**
 * @param name of the configuration, for messages
 * @throws ConfigError that names the first property that is wrong
 */
export function checked<Config>(schema: z.ZodType<Config>, value: unknown, name: string): Config {
  const found = schema.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  const path = issue?.path ?? [];
  throw new ConfigError(`${name}: ${property(path)} ${issue?.message}${got(value, path, issue?.code)}`);
}

/** Such as `signingKeys[0].file` */
function property(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "it";
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`))
    .join("");
}

const LONGEST_SHOWN = 200;

function got(value: unknown, path: readonly PropertyKey[], code: string | undefined): string {
  // The message of an unknown member names it, and its neighbours are sound.
  if (code === "unrecognized_keys") return "";
  const found = path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
  const shown = JSON.stringify(found) ?? "nothing";
  return `, got ${shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown}`;
}
