import { checked, readConfigFile } from "../checked-config";
import { type ConfigOf, configSchema } from "./config-schema";

/** Configuration of the exchange, from one JSON file */
export type ExchangeConfig = ConfigOf;

/** The part that does not depend on the server */
export type CommonConfig = Omit<ExchangeConfig, "approverPage" | "audit" | "connections" | "listen" | "tls">;

/** @throws ConfigError */
export function readConfig(path: string | undefined): ExchangeConfig {
  return readConfigFile(configSchema, path);
}

/** @throws ConfigError that names the first property that is wrong */
export function checkConfig(value: unknown, name = "the configuration"): ExchangeConfig {
  return checked(configSchema, value, name);
}
