import { fits, object, parsed } from "../config-values";

/** Where an OpenTelemetry collector takes OTLP over HTTP; it appends `/v1/traces` and `/v1/metrics` (OTLP 1.11, "OTLP/HTTP Request") */
export const collector = fits(
  isCollector,
  "an http or https origin without path and slash, such as http://collector:4318",
);

/** Without it nothing is measured, and nothing is loaded for it */
export const telemetryConfig = object({ collector });

export function isCollector(value: string): boolean {
  const url = parsed(value);
  return (url?.protocol === "http:" || url?.protocol === "https:") && url.origin === value;
}
