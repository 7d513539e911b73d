import { z } from "zod";
import { ConfigError, JSON_VARIABLE, readConfigJson } from "../../checked-config";
import { object, wholeFrom1 } from "../../config-values";
import { COMMON, personsProblem } from "../config-schema";

const schema = object({
  ...COMMON,
  /**
   * Whether an exchange of the cluster brings this one's records into the audit log: then acts are refused where it is too far behind.
   */
  auditLog: z.enum(["required", "none"], { error: 'must be "required" or "none"' }).default("required"),
  /** Too few witnesses have cosigned the log for so long: acts are refused */
  unwitnessedSeconds: wholeFrom1(86_400).optional(),
  /**
   * Whether to trust the client certificate that API Gateway passes on. Only with mutual TLS, and if only API Gateway
   * may invoke the function; otherwise clients authenticate by JWT-SVID alone.
   */
  clientCertificates: z.enum(["none", "api-gateway"], { error: 'must be "none" or "api-gateway"' }),
}).readonly();

export type FunctionConfig = z.infer<typeof schema>;

/** @throws ConfigError */
export function readFunctionConfig(text: string | undefined): FunctionConfig {
  const config = readConfigJson(schema, text);
  if (config.store.dynamodb === undefined) {
    throw new ConfigError(
      `${JSON_VARIABLE}: store must be dynamodb: what a function keeps by itself is soon forgotten`,
    );
  }
  const problem = personsProblem(config);
  if (problem !== undefined) throw new ConfigError(`${JSON_VARIABLE}: persons ${problem}`);
  if (config.persons?.dynamodb === undefined) {
    throw new ConfigError(
      `${JSON_VARIABLE}: persons must be dynamodb: what a function keeps by itself is soon forgotten`,
    );
  }
  return config;
}
