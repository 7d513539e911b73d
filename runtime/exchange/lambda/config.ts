import { z } from "zod";
import { checked, ConfigError } from "../../checked-config";
import { object } from "../../config-values";
import { COMMON } from "../config-schema";

/** Has the configuration itself: a function has no file that is written when it is deployed. */
export const CONFIG_VARIABLE = "AMBIT_CONFIG_JSON";

const schema = object({
  ...COMMON,
  /**
   * Whether the certificate that API Gateway hands on is believed. Only where mutual TLS is on and nothing but API Gateway
   * may invoke the function; elsewhere clients authenticate by JWT-SVID alone.
   */
  clientCertificates: z.enum(["none", "api-gateway"], { error: 'must be "none" or "api-gateway"' }),
}).readonly();

export type FunctionConfig = z.infer<typeof schema>;

/** @throws ConfigError */
export function readFunctionConfig(text: string | undefined): FunctionConfig {
  if (text === undefined || text === "") {
    throw new ConfigError(`${CONFIG_VARIABLE} must be the configuration as JSON, got nothing: set it`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${CONFIG_VARIABLE} must be JSON: ${(error as Error).message}`);
  }
  const config = checked(schema, value, CONFIG_VARIABLE);
  if (config.store.dynamodb === undefined) {
    throw new ConfigError(
      `${CONFIG_VARIABLE}: store must be dynamodb: what a function keeps by itself is soon forgotten`,
    );
  }
  return config;
}
