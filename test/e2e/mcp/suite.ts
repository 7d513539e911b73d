import { pinOf } from "../../../runtime/authorizer/mcp/definition";
import { STATELESS } from "../../../runtime/authorizer/mcp/revisions";
import { ToolLists } from "../../../runtime/authorizer/mcp/tool-lists";
import { opaProgram } from "../decisions/programs";
import { addressOfNetwork } from "../exchange/network-address";
import { Beside } from "../gateway/companion-checks";
import { envoyProgram } from "../gateway/envoy-program";
import { GatewayWorld } from "../gateway/gateway-world";
import type { Suite } from "../harness/suite";
import { spirePrograms } from "../spire/programs";
import { attackChecks } from "./attack-checks";
import { clientChecks } from "./client-checks";
import { conformanceChecks } from "./conformance-checks";
import { decisionChecks, engineChecks } from "./decision-checks";
import { mcpFleet, PINNED } from "./mcp-fleet";
import { JUDGE_HOST, MCP_HOST, McpServers, SHOP_HOST } from "./mcp-servers";

/** What the checks of MCP need of the world */
export interface McpWorld {
  readonly gateway: GatewayWorld;
  readonly servers: McpServers;
  readonly beside: Beside;
}

/** Only servers of 2025-11-25 ask while they work */
const OF_SESSIONS = [
  "test_sampling",
  "test_elicitation",
  "test_elicitation_sep1034_defaults",
  "test_elicitation_sep1330_enums",
];

/** MCP servers of both revisions behind Envoy and the authorizer, for clients of both that know a base URL alone */
export function mcpSuite(suite: Suite): void {
  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const envoy = suite.check("Envoy is there", [], () => envoyProgram());
  const world = suite.check(
    "mcp: companion, Envoy, authorizer and an MCP server run together",
    [spire, envoy],
    async ([programs, program]) => {
      const host = addressOfNetwork();
      const servers = await McpServers.start(host);
      suite.afterwards(() => servers.stop());
      const url = `https://${MCP_HOST}:${servers.port}/mcp`;
      const lists = new ToolLists(servers.authority);
      const tools = await lists.of({ url, address: `${host}:${servers.port}`, headers: {} }, STATELESS);
      const pin = pinOf(tools.find(({ name }) => name === PINNED) ?? {}) ?? "";
      const names = [...tools.map(({ name }) => String(name)), ...OF_SESSIONS];
      const fleet = mcpFleet(servers.port, pin, names);
      const own = { hosts: [MCP_HOST, SHOP_HOST, JUDGE_HOST], fleet, authority: servers.authority };
      const gateway = await GatewayWorld.start(suite, programs, program, { own });
      const beside = await Beside.start(suite, gateway);
      return { gateway, servers, beside };
    },
  );
  clientChecks(suite, world);
  attackChecks(suite, world);
  decisionChecks(suite, world, "Cedar");
  conformanceChecks(suite, world);
  const opa = suite.check("OPA is built", [], () => opaProgram());
  const byOpa = suite.check("mcp: OPA in the pod decides in place of Cedar", [world, opa], async ([at, program]) => {
    await at.gateway.decideByOpa(program);
    return at;
  });
  decisionChecks(suite, byOpa, "OPA");
  engineChecks(suite, byOpa);
}
