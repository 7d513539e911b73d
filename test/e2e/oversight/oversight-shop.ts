import { pinOf } from "../../../runtime/authorizer/mcp/definition";
import { STATELESS } from "../../../runtime/authorizer/mcp/revisions";
import { ToolLists } from "../../../runtime/authorizer/mcp/tool-lists";
import { addressOfNetwork } from "../exchange/network-address";
import type { Suite } from "../harness/suite";
import { PINNED } from "../mcp/mcp-fleet";
import { McpServers, SHOP_HOST } from "../mcp/mcp-servers";
import type { Shop } from "./oversight-fleet";

/** An MCP server by the official SDK, with a tool that was reviewed as it is at first */
export class OversightShop implements Shop {
  private constructor(
    private readonly servers: McpServers,
    public readonly pin: string,
  ) {}

  public static async start(suite: Suite): Promise<OversightShop> {
    const host = addressOfNetwork();
    const servers = await McpServers.start(host);
    suite.afterwards(() => servers.stop());
    const url = `https://${SHOP_HOST}:${servers.port}/mcp`;
    const lists = new ToolLists(servers.authority);
    const tools = await lists.of({ url, address: `${host}:${servers.port}`, headers: {} }, STATELESS);
    return new OversightShop(servers, pinOf(tools.find(({ name }) => name === PINNED) ?? {}) ?? "");
  }

  public get port(): number {
    return this.servers.port;
  }

  /** PEM of who vouches for it */
  public get authority(): string {
    return this.servers.authority;
  }

  /** Does this while the tool is described otherwise than it was reviewed. */
  public async described(text: string, act: () => Promise<void>): Promise<void> {
    const { fixture } = this.servers;
    const before = fixture.description;
    fixture.description = text;
    try {
      await act();
    } finally {
      fixture.description = before;
    }
  }

  /** Calls of the tool that have arrived */
  public get calls(): number {
    return this.servers.arrived.filter(({ body }) => body.includes('"tools/call"')).length;
  }
}
