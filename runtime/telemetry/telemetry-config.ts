import { fits, object, parsed, spiffeId } from "../config-values";

/** Where traces and metrics go */
export interface TelemetryConfig {
  /** Origin at which an OpenTelemetry collector takes OTLP over HTTP, such as `http://collector:4318` */
  readonly collector: string;
  /**
   * SPIFFE ID of the collector: then the exporter uses mutual TLS with its own SVID.
   *
   * @default - any server, with http or https certificates
   */
  readonly spiffeId?: string | undefined;
}

/** It appends `/v1/traces` and `/v1/metrics` (OTLP 1.11, "OTLP/HTTP Request"). */
export const collector = fits(
  isCollector,
  "an http or https origin without path and slash, such as http://collector:4318",
);

/** Without it telemetry is off, and its SDK is not loaded */
export const telemetryConfig = object({ collector, spiffeId: spiffeId.optional() }).refine(isSecure, {
  message: "must have a collector at https where it names its spiffeId",
});

export function isCollector(value: string): boolean {
  const url = parsed(value);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.origin === value;
}

/** Plain http has no authentication. */
export function isSecure({ collector: address, spiffeId: id }: TelemetryConfig): boolean {
  return id === undefined || address.startsWith("https:");
}
