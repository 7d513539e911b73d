import known from "../../cases/spire-keys.json";
import type { Config } from "./configurations";

export type Program = "server" | "agent" | "oidc" | "controllerManager";

const PLUGINS: Readonly<Record<string, readonly string[]>> = known.plugins;

/** What a configuration has that no list knows: keys by their paths, those of plugins by the plugin. */
export function unknownKeys(program: Program, { plugins = {}, ...config }: Config): readonly string[] {
  const outside = pathsOf(config).filter((path) => !known[program].includes(path));
  return [...outside, ...pluginsOf(plugins as Config).flatMap(unknownInPlugin)];
}

interface Plugin {
  readonly name: string;
  readonly settings: Config;
}

/** Types have lists of plugins, each an object whose only key is its name (JSON form of HCL). */
function pluginsOf(plugins: Config): readonly Plugin[] {
  return Object.entries(plugins).flatMap(([type, list]) =>
    (list as readonly Readonly<Record<string, Config>>[]).flatMap((named) =>
      Object.entries(named).map(([name, settings]) => ({ name: `${type} ${name}`, settings })),
    ),
  );
}

function unknownInPlugin({ name, settings }: Plugin): readonly string[] {
  const keys = PLUGINS[name];
  if (keys === undefined) return [name];
  const { plugin_data = {}, ...others } = settings;
  const data = pathsOf(plugin_data).filter((path) => !keys.some((key) => matches(path, key)));
  return [...Object.keys(others), ...data].map((path) => `${name}: ${path}`);
}

function pathsOf(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) {
    const blocks = value.filter((item) => typeof item === "object" && item !== null);
    return blocks.length === 0 ? [path] : blocks.flatMap((item) => pathsOf(item, path));
  }
  if (typeof value !== "object" || value === null) return [path];
  const entries = Object.entries(value);
  // A block without keys is there all the same.
  if (entries.length === 0) return path === "" ? [] : [path];
  return entries.flatMap(([key, inner]) => pathsOf(inner, path === "" ? key : `${path}.${key}`));
}

function matches(path: string, key: string): boolean {
  const [parts, wanted] = [path.split("."), key.split(".")];
  return parts.length === wanted.length && wanted.every((part, at) => part === "*" || part === parts[at]);
}
