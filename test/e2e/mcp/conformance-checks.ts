import { deepStrictEqual as equal } from "node:assert";
import { join } from "node:path";
import { REVISIONS } from "../../../runtime/authorizer/mcp/revisions";
import type { Check, Suite } from "../harness/suite";
import { clientConformanceChecks } from "./client-conformance-checks";
import { conformanceProgram } from "./conformance-program";
import { EXPECTED } from "./expected-differences";
import type { McpWorld } from "./suite";
import { verdictsOf } from "./verdicts";

/** The official suite, straight and through everything: the gateway must change no verdict but those that are named. */
export function conformanceChecks(suite: Suite, world: Check<McpWorld>): void {
  const program = suite.check("the official conformance suite of MCP is there", [], () => conformanceProgram());
  for (const revision of REVISIONS) {
    suite.check(
      `conformance ${revision}: each scenario has the verdict through the gateway that it has straight`,
      [world, program],
      async ([at, conformance], note) => {
        const id = await at.beside.begin(at.gateway, "use", `conformance-${revision}`, "tool:mcp");
        const folder = at.gateway.path(`conformance-${revision}`);
        const asked = (url: string) => ["server", "--url", url, "--requirements", revision];
        const straight = await verdictsOf(conformance, asked(at.servers.straight), join(folder, "straight"));
        const url = `${at.beside.url}/v1/runs/${id}/tools/mcp`.replace("127.0.0.1", "localhost");
        const through = await verdictsOf(conformance, asked(url), join(folder, "through"));
        const differing = Object.keys({ ...straight, ...through }).filter(
          (scenario) => straight[scenario]?.join() !== through[scenario]?.join(),
        );
        note(
          `${Object.keys(straight).length} scenarios, ${differing.length} differ: ${differing.join(", ") || "none"}`,
        );
        const told = Object.fromEntries(differing.map((scenario) => [scenario, through[scenario] ?? []]));
        const expected = Object.entries(EXPECTED[revision]).map(([scenario, { fails }]) => [scenario, fails] as const);
        equal(told, Object.fromEntries(expected));
      },
    );
  }
  clientConformanceChecks(suite, world, program);
}
