import { deepStrictEqual as equal } from "node:assert";
import { join } from "node:path";
import { type Revision, REVISIONS } from "../../../runtime/authorizer/mcp/revisions";
import { succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { CLIENT_SCENARIOS } from "./client-scenarios";
import type { ConformanceProgram } from "./conformance-program";
import { JudgedClient, type Reached } from "./judged-client";
import type { McpWorld } from "./suite";
import { verdictsOf } from "./verdicts";

const SCRIPT = join(__dirname, "conformance_client.py");
/** What the suite leaves out, straight too, as the client that is played sends not every kind of message */
const NOT_PLAYED: Readonly<Record<string, readonly string[]>> = {
  "http-standard-headers": ["sep-2243-client-includes-standard-headers skipped"],
};
/** Scenarios of the client's OAuth, which the companion has in its place */
const OF_OAUTH = "auth/";

/**
 * What the official suite says of the official client, straight and through everything: what a client sends arrives as if nothing were
 * between.
 */
export function clientConformanceChecks(
  suite: Suite,
  world: Check<McpWorld>,
  program: Check<ConformanceProgram>,
): void {
  for (const revision of REVISIONS) {
    suite.check(
      `conformance of clients ${revision}: each scenario has the verdict through the gateway that it has straight`,
      [world, program],
      async ([at, conformance], note) => {
        const id = await at.beside.begin(at.gateway, "play", `judged-${revision}`, "tool:judge");
        const through: Reached = (server) => {
          at.servers.judge = server;
          return `${at.beside.url}/v1/runs/${id}/tools/judge`;
        };
        const scenarios = await scenariosOf(conformance, revision);
        const folder = at.gateway.path(`conformance-of-clients-${revision}`);
        const itself: Reached = (server) => server;
        const [straight, behind] = await quietly(() =>
          Promise.all([
            judged(conformance, revision, scenarios, { reached: itself, folder: join(folder, "straight") }),
            judged(conformance, revision, scenarios, { reached: through, folder: join(folder, "through") }),
          ]),
        );
        note(scenarios.join(", "));
        const passed = Object.fromEntries(scenarios.map((name) => [name, NOT_PLAYED[name] ?? []]));
        equal([straight.verdicts, behind.verdicts], [passed, passed]);
        for (const [way, { thrown }] of Object.entries({ straight, through: behind })) {
          const expected = scenarios.filter((name) => Object.hasOwn(CLIENT_SCENARIOS[name]?.endsWithout ?? {}, way));
          equal([...thrown.keys()], expected, [...thrown.values()].join("\n"));
        }
      },
    );
  }
}

/** All that the suite has for a revision, but for those of OAuth: one that is not known here fails. */
async function scenariosOf({ node, script }: ConformanceProgram, revision: Revision): Promise<readonly string[]> {
  const { stdout } = await succeed(node, [script, "list", "--client", "--spec-version", revision]);
  const names = [...stdout.matchAll(/^ *- (\S+)/gm)].map(([, name = ""]) => name);
  const own = names.filter((name) => !name.startsWith(OF_OAUTH));
  const unknown = own.filter((name) => !Object.hasOwn(CLIENT_SCENARIOS, name));
  if (own.length === 0 || unknown.length > 0) throw new Error(`no client plays these scenarios: ${unknown.join(", ")}`);
  return own;
}

/* eslint-disable no-console -- the SDK warns there of each tool that it leaves out, and takes no other log */
async function quietly<T>(act: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return await act();
  } finally {
    console.warn = warn;
  }
}
/* eslint-enable no-console */

interface Judged {
  readonly verdicts: Readonly<Record<string, unknown>>;
  /** By the clients, by scenario */
  readonly thrown: ReadonlyMap<string, string>;
}

async function judged(
  program: ConformanceProgram,
  revision: Revision,
  scenarios: readonly string[],
  { reached, folder }: { readonly reached: Reached; readonly folder: string },
): Promise<Judged> {
  const client = await JudgedClient.start(revision, reached);
  try {
    const verdicts: Record<string, unknown> = {};
    for (const scenario of scenarios) {
      const command = `python3 ${SCRIPT} ${client.url}`;
      const asked = ["client", "--command", command, "--scenario", scenario, "--spec-version", revision];
      const said = await verdictsOf(program, asked, join(folder, scenario));
      verdicts[scenario] = said[scenario];
    }
    return { verdicts, thrown: client.thrown };
  } finally {
    client.stop();
  }
}
