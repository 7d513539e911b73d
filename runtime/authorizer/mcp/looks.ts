import { inTime } from "../../in-time";
import type { FleetTool } from "../../registry/registry";
import { Denial } from "../denial";
import type { Definitions } from "./definitions";
import type { Members } from "./rpc";
import { LIST_MILLISECONDS } from "./tool-lists";

/** Of the question, its decision and the server's answer together, that of another call too: less than Envoy waits */
const PATIENCE_MILLISECONDS = 6_000;

const UNSEEN = "mcp.unseen";

type Asking = () => Promise<readonly Members[]>;

/** Asks servers for their tools, once for all calls that wait for the same. */
export class Looks {
  private readonly under = new Map<string, Promise<void>>();

  constructor(private readonly definitions: Definitions) {}

  /** @throws Denial why this call could not see the definition; another call's denial does not count for it */
  public async seen(view: string, tool: FleetTool, ask: Asking): Promise<void> {
    const until = performance.now() + PATIENCE_MILLISECONDS;
    const shared = this.under.get(view);
    if (shared !== undefined) {
      const failure = await failureOf(shared);
      if (failure === undefined) return;
      // A server that was waited for in vain would be waited for once more, and longer than the call can.
      if (isUnseen(failure) && until - performance.now() < LIST_MILLISECONDS) throw failure;
    }
    const own = this.looked(view, tool, ask, until).finally(() => {
      if (this.under.get(view) === own) this.under.delete(view);
    });
    this.under.set(view, own);
    await own;
  }

  private async looked(view: string, tool: FleetTool, ask: Asking, until: number): Promise<void> {
    const asked = this.definitions.generation(view);
    const tools = await inTime(ask(), until - performance.now(), () => Denial.of(UNSEEN));
    if (!this.definitions.saw(view, tool, { tools, isAll: true, asked })) {
      throw Denial.of(UNSEEN, "the server's tools have changed while it was asked for them");
    }
  }
}

function failureOf(look: Promise<void>): Promise<unknown> {
  return look.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function isUnseen(failure: unknown): failure is Denial {
  return failure instanceof Denial && failure.codes.join() === UNSEEN;
}
