import { OPA_SIDECAR } from "../../constructs/decision/opa-process";
import { EXCHANGE_POD } from "../../constructs/exchange/exchange-processes";
import { GATEWAY_POD } from "../../constructs/gateway/gateway-processes";
import type { PodOfPlatform } from "../../constructs/platform/process";
import { isRecord } from "../../domain/is-record";
import { podsOf } from "./pods";
import { addressesOf, at, inner, jsonIn, type Located, manifestOf, type Output, textIn } from "./output";

/** A file of a config map with this name, read as JSON */
export interface ConfigFile {
  readonly located: Located;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const READ = new WeakMap<Output, Map<string, readonly ConfigFile[]>>();

export function configs(output: Output, map: string, file: string): readonly ConfigFile[] {
  // Several safeguards look at the same file, and some are large.
  const known = READ.get(output) ?? new Map<string, readonly ConfigFile[]>();
  READ.set(output, known);
  const key = `${map}/${file}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = output.by("name", "kubernetes_config_map_v1", map, nameOf).flatMap((located) => {
    const text = textIn(inner(located.block.body, "data"), file);
    return text === undefined ? [] : [{ located, text, json: jsonIn(text) }];
  });
  known.set(key, found);
  return found;
}

/** Addresses of the configurations of which this holds */
export function configured(
  output: Output,
  map: string,
  file: string,
  holds: (config: ConfigFile) => boolean,
): readonly string[] {
  return addressesOf(
    configs(output, map, file)
      .filter(holds)
      .map(({ located }) => located),
  );
}

/** The exchange, as a workload or as a function: what has its keys */
export function exchange(output: Output): readonly string[] {
  return addressesOf([...podsOf(output, EXCHANGE_POD), ...functionConfigs(output).map(({ located }) => located)]);
}

/** Configurations of the exchange of which this holds */
export function exchangeConfigured(output: Output, holds: (config: ConfigFile) => boolean): readonly string[] {
  return addressesOf(
    exchangeConfigs(output)
      .filter(holds)
      .map(({ located }) => located),
  );
}

export function exchangeConfigs(output: Output): readonly ConfigFile[] {
  return [...configs(output, "ambit-exchange", "config.json"), ...functionConfigs(output)];
}

/** Of functions that sign tokens; starters have an issuer too, and one key */
function functionConfigs(output: Output): readonly ConfigFile[] {
  return output.of("aws_lambda_function").flatMap((located) => {
    const variables = inner(inner(located.block.body, "environment"), "variables");
    const text = textIn(variables, "AMBIT_CONFIG_JSON");
    const json = jsonIn(text);
    return text === undefined || !Array.isArray(json["signingKeys"]) ? [] : [{ located, text, json }];
  });
}

/** The gateway, whose authorizer decides on each call: by Cedar, or by OPA beside it */
export function gateway(output: Output): readonly string[] {
  return configs(output, GATEWAY_POD.name, "authorizer.json").flatMap(({ located, json }) => {
    const pods = enginePods(json["engine"]);
    const found = pods === undefined ? [] : podsOf(output, pods);
    return found.length === 0 ? [] : [...addressesOf(found), located.address];
  });
}

/** Pods in which the engine decides that the authorizer is told of; undefined for one that is not known */
function enginePods(engine: unknown): PodOfPlatform | undefined {
  if (engine === undefined || isRecord(at(engine, "cedar"))) return GATEWAY_POD;
  const isBeside = at(engine, "opa", "socket") === OPA_SIDECAR.socket;
  return isBeside ? { ...GATEWAY_POD, processes: [...GATEWAY_POD.processes, OPA_SIDECAR] } : undefined;
}

export function spireServer(output: Output, holds: (config: unknown) => boolean): readonly string[] {
  return configured(output, "spire-server", "server.conf", ({ json }) => holds(json));
}

/** Names of the plugins of one kind in a configuration of SPIRE */
export function pluginsOf(config: unknown, kind: string): readonly string[] {
  const plugins = at(config, "plugins", kind);
  return Array.isArray(plugins) ? plugins.flatMap((plugin) => Object.keys(plugin as object)) : [];
}

/** Policies of admission that are bound, by name */
export function admission(output: Output, name: string): readonly string[] {
  const named = (kind: string): readonly Located[] =>
    output.manifests(kind).filter(({ block }) => at(manifestOf(block.body), "metadata", "name") === name);
  const [policies, bindings] = [named("ValidatingAdmissionPolicy"), named("ValidatingAdmissionPolicyBinding")];
  return policies.length === 0 || bindings.length === 0 ? [] : addressesOf([...policies, ...bindings]);
}

function nameOf({ block }: Located): string | undefined {
  return textIn(inner(block.body, "metadata"), "name");
}

/** Seconds of a duration as SPIRE writes it, such as `1h` or `5m`; undefined for what it is not */
export function secondsOf(duration: unknown): number | undefined {
  const [, count, unit] = (typeof duration === "string" && /^(\d+)([smh])$/.exec(duration)) || [];
  return count === undefined ? undefined : Number(count) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1);
}
