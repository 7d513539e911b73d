import { readFileSync } from "node:fs";
import type { z } from "zod";
import { type ConfigOf, configSchema } from "./config-schema";

/** What the exchange is told, from one JSON file */
export type ExchangeConfig = ConfigOf;

/** What of it has nothing to do with who serves */
export type CommonConfig = Omit<ExchangeConfig, "connections" | "listen" | "tls">;

/** Names the file */
export const CONFIG_VARIABLE = "AMBIT_CONFIG";

/** The configuration cannot be used. One sentence with the fix. */
export class ConfigError extends Error {
  public override readonly name = "ConfigError";
}

/** @throws ConfigError */
export function readConfig(path: string | undefined): ExchangeConfig {
  if (path === undefined || path === "") {
    throw new ConfigError(`${CONFIG_VARIABLE} must be the path of the configuration, got nothing: set it`);
  }
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`${CONFIG_VARIABLE} must name a file that can be read: ${(error as Error).message}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path} must be JSON: ${(error as Error).message}`);
  }
  return checkConfig(value, path);
}

/** @throws ConfigError that names the first property that is wrong */
export function checkConfig(value: unknown, name = "the configuration"): ExchangeConfig {
  return checked(configSchema, value, name);
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
