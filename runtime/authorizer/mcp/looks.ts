import { inTime } from "../../in-time";
import type { FleetTool } from "../../registry/registry";
import { Denial } from "../denial";
import type { Definitions } from "./definitions";
import type { Members } from "./rpc";

/** Of the question, its decision and the server's answer together: less than Envoy waits */
const PATIENCE_MILLISECONDS = 6_000;

type Asking = () => Promise<readonly Members[]>;

/** Asks servers for their tools, once for all calls that wait for the same. */
export class Looks {
  private readonly under = new Map<string, Promise<void>>();

  constructor(private readonly definitions: Definitions) {}

  /** @throws Denial why this very call was not told; that another one was refused says nothing of it */
  public async seen(view: string, tool: FleetTool, ask: Asking): Promise<void> {
    const shared = this.under.get(view);
    if (shared !== undefined && (await hasSucceeded(shared))) return;
    const own = this.looked(view, tool, ask).finally(() => {
      if (this.under.get(view) === own) this.under.delete(view);
    });
    this.under.set(view, own);
    await own;
  }

  private async looked(view: string, tool: FleetTool, ask: Asking): Promise<void> {
    const asked = this.definitions.generation(view);
    const tools = await inTime(ask(), PATIENCE_MILLISECONDS, () => Denial.of("mcp.unseen"));
    if (!this.definitions.saw(view, tool, { tools, isAll: true, asked })) {
      throw Denial.of("mcp.unseen", "the server's tools have changed while it was asked for them");
    }
  }
}

function hasSucceeded(look: Promise<void>): Promise<boolean> {
  return look.then(
    () => true,
    () => false,
  );
}
