import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** A chart in a folder of the repository is reviewed with it and needs none; a range such as `^1.2.0` is no version. */
export const chartVersion: BlockRule = {
  id: "AMBIT-IMAGES-CHART-VERSION",
  severity: "medium",
  what: "a chart of Helm must be named with one version",
  why: "without it, the next apply installs what the repository has by then, with its service accounts and rights",
  fix: "write version with all three numbers",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-53/SR-3", "sp800-53/CM-2", "maestro/L4"],
  looksAt: ["helm_release"],
  *check({ body }) {
    const chart = body["chart"] ?? null;
    if (typeof chart === "string" && /^(?:\.{0,2}\/|\$\{path\.)/.test(chart)) return;
    const version = textOf(body, "version");
    if (version === undefined || !EXACT.test(version))
      yield { what: "version", at: "version", evidence: [chart, version ?? null] };
  },
};

const EXACT = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;
