import { join } from "node:path";
import { goPrograms } from "../harness/go-program";

/**
 * OpenTelemetry's collector with the parts that our configuration names. The checksums of its contrib modules are those that AWS's own
 * distribution pins (aws-observability/aws-otel-collector, commit 908adbdfa, go.sum).
 */
export async function collectorProgram(): Promise<string> {
  const module = join(__dirname, "..", "engines", "collector");
  return (await goPrograms({ name: "collector", module, packages: { collector: "." } })).collector;
}
