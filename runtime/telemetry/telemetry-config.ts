import { fits, object, parsed, spiffeId } from "../config-values";

/** Where traces and metrics go */
export interface TelemetryConfig {
  /** Origin at which an OpenTelemetry collector takes OTLP over HTTP, such as `http://collector:4318` */
  readonly collector: string;
  /**
   * Who answers there: asked by mutual TLS with the own SVID.
   *
   * @default - whoever does, as http and the certificates of https have it
   */
  readonly spiffeId?: string | undefined;
}

/** It appends `/v1/traces` and `/v1/metrics` (OTLP 1.11, "OTLP/HTTP Request"). */
export const collector = fits(
  isCollector,
  "an http or https origin without path and slash, such as http://collector:4318",
);

/** Without it nothing is measured, and nothing is loaded for it */
export const telemetryConfig = object({ collector, spiffeId: spiffeId.optional() }).refine(isSecure, {
  message: "must have a collector at https where it names its spiffeId",
});

export function isCollector(value: string): boolean {
  const url = parsed(value);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.origin === value;
}

/** Over http no one shows who it is. */
export function isSecure({ collector: address, spiffeId: id }: TelemetryConfig): boolean {
  return id === undefined || address.startsWith("https:");
}
