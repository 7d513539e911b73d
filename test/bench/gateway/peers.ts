import type { Suite } from "../../e2e/harness/suite";
import type { Side } from "./load";
import { checkDecisions, inSession } from "./mcp-session";
import type { Absent, Peer, PeerProps } from "./peer";
import { startThv, startVmcp } from "./toolhive";

export const PEERS: readonly Peer[] = [
  { name: "ToolHive, thv run", variable: "AMBIT_PEER_THV", start: startThv },
  { name: "ToolHive, vMCP", variable: "AMBIT_PEER_VMCP", start: startVmcp },
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Peers whose binary is given, and those that have none */
export function peersIn(
  environment: Environment,
  all = PEERS,
): {
  readonly given: readonly (Peer & { readonly program: string })[];
  readonly absent: readonly Absent[];
} {
  const peers = all.map((peer) => ({ ...peer, program: environment[peer.variable] ?? "" }));
  const isGiven = ({ program }: { readonly program: string }): boolean => program !== "";
  return {
    given: peers.filter(isGiven),
    absent: peers
      .filter((peer) => !isGiven(peer))
      .map(({ name, variable }) => ({ name, reason: `no binary is given: set ${variable} to its path` })),
  };
}

/** Peers that call the tool that is allowed and no other, and the reasons of those that do not */
export async function startedPeers(
  suite: Suite,
  at: Omit<PeerProps, "program">,
  environment: Environment,
  all = PEERS,
): Promise<{ readonly sides: readonly Side[]; readonly absent: readonly Absent[] }> {
  const { given, absent } = peersIn(environment, all);
  const [sides, failed]: [Side[], Absent[]] = [[], []];
  for (const { name, program, start } of given) {
    try {
      const side = inSession({ ...(await start(suite, { ...at, program })), name });
      await checkDecisions(side);
      sides.push(side);
    } catch (error) {
      failed.push({ name, reason: shortOf((error as Error).message) });
    }
  }
  return { sides, absent: [...absent, ...failed] };
}

/** The first line of an error, and the last one of what a program said */
export function shortOf(message: string): string {
  const lines = message.split("\n").map((line) => line.trim());
  const [first = "", ...said] = lines.filter((line) => line !== "");
  const last = said.at(-1);
  return last === undefined ? first.replace(/:$/, "") : `${first} ${last}`;
}
