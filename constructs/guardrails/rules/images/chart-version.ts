import { CHART_TYPES } from "../../charts";
import { withoutUser } from "../../private/settings";
import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** A chart in a folder of the repository is reviewed with it and needs none; a range such as `^1.2.0` is no version. */
export const chartVersion: BlockRule = {
  id: "AMBIT-IMAGES-CHART-VERSION",
  severity: "medium",
  what: "a chart of Helm must be named with one version, and fetched by https or from an OCI registry",
  why: "the next apply installs what the repository has by then, or what anyone on the way puts in its place, with its service accounts and rights",
  fix: "write version with all three numbers, and a repository that begins with https:// or oci://",
  standards: ["owasp-asi/ASI04", "owasp-mcp/MCP04", "sp800-53/SR-3", "sp800-53/CM-2", "maestro/L4"],
  looksAt: CHART_TYPES,
  *check({ body }) {
    const chart = body["chart"] ?? null;
    if (typeof chart === "string" && /^(?:\.{0,2}\/|\$\{path\.)/.test(chart)) return;
    const version = textOf(body, "version");
    if (version === undefined || !EXACT.test(version))
      yield { what: "version", at: "version", evidence: [chart, version ?? null] };
    for (const name of ["chart", "repository"]) {
      const address = body[name];
      if (typeof address === "string" && /^http:\/\//i.test(address))
        yield { what: name, at: name, evidence: withoutUser(address) };
    }
  },
};

const EXACT = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;
