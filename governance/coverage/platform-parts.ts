import { OPA_SIDECAR } from "../../constructs/decision/opa-process";
import { EXCHANGE_POD } from "../../constructs/exchange/exchange-processes";
import { GATEWAY_POD } from "../../constructs/gateway/gateway-processes";
import type { PodOfPlatform } from "../../constructs/platform/process";
import { isRecord } from "../../domain/is-record";
import { sameJson } from "../../review/read/json";
import { hasRole } from "./pod-needs";
import { namesKnown } from "./references";
import { servedPodsOf } from "./pods";
import { addressesOf, at, inner, jsonIn, type Located, type Output, textIn } from "./output";

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
    return text === undefined || !namesKnown(text, located.stack) ? [] : [{ located, text, json: jsonIn(text) }];
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

/** The exchange, as a workload or as a function, with a configuration that has all that it enforces by */
export function exchange(output: Output): readonly string[] {
  const isKnown = ({ json }: ConfigFile): boolean => isWhole(json, output);
  const files = configs(output, EXCHANGE_POD.name, "config.json").filter(isKnown);
  const pods = files.length === 0 ? [] : servedPodsOf(output, EXCHANGE_POD);
  return addressesOf([
    ...pods,
    ...functionConfigs(output)
      .filter(isKnown)
      .map(({ located }) => located),
  ]);
}

/** What the exchange asks the gateway alone to see: stops, revocations and approvals */
const SERVICES = ["introspect", "state", "transaction", "outbound"] as const;

function isWhole(config: ConfigFile["json"], output: Output): boolean {
  const { trustDomain } = output.registry;
  const gatewayId = `spiffe://${trustDomain}/ns/${GATEWAY_POD.namespace}/sa/${GATEWAY_POD.name}`;
  const keys = at(config, "registry", "publicKeys");
  return (
    typeof config["issuer"] === "string" &&
    config["trustDomain"] === trustDomain &&
    typeof at(config, "jwtSvid", "jwksUri") === "string" &&
    hasTable(at(config, "store", "dynamodb", "table"), output) &&
    typeof at(config, "aws", "region") === "string" &&
    Array.isArray(keys) &&
    keys.length > 0 &&
    SERVICES.every((name) => sameJson(at(config, "services", name), [gatewayId]))
  );
}

function hasTable(name: unknown, output: Output): boolean {
  return (
    typeof name === "string" &&
    output.by("name", "aws_dynamodb_table", name, ({ block }) => textIn(block.body, "name")).length > 0
  );
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
    const isOff = String(located.block.body["reserved_concurrent_executions"] ?? "") === "0";
    if (isOff || text === undefined || !namesKnown(text, located.stack) || !Array.isArray(json["signingKeys"]))
      return [];
    return hasRole(output, textIn(located.block.body, "role") ?? "", located) ? [{ located, text, json }] : [];
  });
}

/** The gateway, whose authorizer decides on each call: by Cedar, or by OPA beside it */
export function gateway(output: Output): readonly string[] {
  return configs(output, GATEWAY_POD.name, "authorizer.json").flatMap(({ located, json }) => {
    const pods = enginePods(json["engine"]);
    const found = pods === undefined ? [] : servedPodsOf(output, pods);
    return found.length === 0 ? [] : [...addressesOf(found), located.address];
  });
}

/** Pods in which the engine decides that the authorizer is told of; undefined for one that is not known */
function enginePods(engine: unknown): PodOfPlatform | undefined {
  if (engine === undefined || isRecord(at(engine, "cedar"))) return GATEWAY_POD;
  const isBeside = at(engine, "opa", "socket") === OPA_SIDECAR.socket;
  return isBeside ? { ...GATEWAY_POD, processes: [...GATEWAY_POD.processes, OPA_SIDECAR] } : undefined;
}

export function spireConfigs(output: Output): readonly ConfigFile[] {
  return configs(output, "spire-server", "server.conf");
}

export function spireServer(output: Output, holds: (config: unknown) => boolean): readonly string[] {
  return configured(output, "spire-server", "server.conf", ({ json }) => holds(json));
}

/** Names of the plugins of one kind in a configuration of SPIRE */
export function pluginsOf(config: unknown, kind: string): readonly string[] {
  const plugins = at(config, "plugins", kind);
  return Array.isArray(plugins) ? plugins.flatMap((plugin) => Object.keys(plugin as object)) : [];
}

function nameOf({ block }: Located): string | undefined {
  return textIn(inner(block.body, "metadata"), "name");
}

/** Whether a duration, as SPIRE writes it, is of so many seconds at most */
export function isWithin(duration: unknown, seconds: number): boolean {
  return (secondsOf(duration) ?? Infinity) <= seconds;
}

/** Seconds of a duration as SPIRE writes it, such as `1h` or `5m`; undefined for what it is not */
function secondsOf(duration: unknown): number | undefined {
  const [, count, unit] = (typeof duration === "string" && /^(\d+)([smh])$/.exec(duration)) || [];
  return count === undefined ? undefined : Number(count) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1);
}
