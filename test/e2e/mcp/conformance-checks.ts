import { deepStrictEqual as equal } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REVISIONS } from "../../../runtime/authorizer/mcp/revisions";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { type ConformanceProgram, conformanceProgram } from "./conformance-program";
import { EXPECTED } from "./expected-differences";
import type { McpWorld } from "./suite";

const SECONDS = 240;

/** What failed of each scenario */
type Verdicts = Readonly<Record<string, readonly string[]>>;

interface Result {
  readonly id: string;
  readonly status: string;
}

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
        const straight = await verdictsOf(
          conformance,
          at.servers.straight,
          ["--requirements", revision],
          join(folder, "straight"),
        );
        const url = `${at.beside.url}/v1/runs/${id}/tools/mcp`.replace("127.0.0.1", "localhost");
        const through = await verdictsOf(conformance, url, ["--requirements", revision], join(folder, "through"));
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
}

async function verdictsOf(
  { node, script }: ConformanceProgram,
  url: string,
  which: readonly string[],
  folder: string,
): Promise<Verdicts> {
  await run(node, [script, "server", "--url", url, ...which, "-o", folder], {
    timeoutSeconds: SECONDS,
  });
  const found = readdirSync(folder).map((name) => {
    const scenario = /^server-(.*)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1] ?? name;
    const results = JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")) as readonly Result[];
    const failed = results.filter(({ status }) => status === "FAILURE").map(({ id }) => id);
    return [scenario, [...new Set(failed)].sort()] as const;
  });
  if (found.length === 0) throw new Error(`the conformance suite judged nothing of ${url}`);
  return Object.fromEntries(found);
}
