import type { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { GatewayWorldOptions } from "../../e2e/gateway/gateway-world-options";
import { addressOfNetwork } from "../../e2e/exchange/network-address";
import type { Suite } from "../../e2e/harness/suite";
import type { Side } from "./load";
import { checkDecisions, inSession } from "./mcp-session";
import type { Absent } from "./peer";
import { startedPeers } from "./peers";
import { AMBIT } from "./result";
import { ambitSide, type OtherPrograms, otherSides, TEN } from "./sides";
import { MCP_HOST, TenTools } from "./ten-tools";
import { tenToolsFleet } from "./ten-tools-fleet";

type Start = (options: GatewayWorldOptions) => Promise<GatewayWorld>;

export interface McpSides {
  readonly sides: readonly Side[];
  /** Peers without a row */
  readonly absent: readonly Absent[];
}

/** One tool of the same MCP server by each way: those of ours, and through the gateways of others that are given */
export async function mcpSides(suite: Suite, start: Start, programs: OtherPrograms): Promise<McpSides> {
  const server = await TenTools.start(addressOfNetwork());
  suite.afterwards(() => server.stop());
  const own = { hosts: [MCP_HOST], fleet: tenToolsFleet(server.port), authority: server.authority };
  const world = await start({ own });
  const others = (await otherSides(suite, world, programs, { ...TEN, server })).map(inSession);
  const ambit = inSession(ambitSide(AMBIT, world, TEN));
  await checkDecisions(ambit);
  const peers = await startedPeers(suite, { world, server }, process.env);
  return { sides: [...others, ambit, ...peers.sides], absent: peers.absent };
}
