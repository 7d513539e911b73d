import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { Problem } from "../problem";
import type { Run } from "../run";
import { type RawHeaders, valuesOf } from "../tools/headers";
import { a2aCall } from "./call";
import { Held } from "./held";
import type { Name } from "./names";
import { heldBody } from "./read-body";
import { DelegateReferences } from "./references";
import { ToldNames } from "./told-names";

/** Every client of A2A 1.0 says it (section 3.6.1). */
const VERSION_HEADER = "a2a-version";
/** Of JSON-RPC a path of any name; of HTTP+JSON one that ends so, below any base */
const BELOW_BASE = /\/(?:message:(?:send|stream)|tasks(?:\/[^/]*(?:\/pushNotificationConfigs.*)?)?)$/;

/** Whether a client of A2A asks, by what it says */
export function isOfA2a(raw: RawHeaders): boolean {
  return valuesOf(raw, VERSION_HEADER).length > 0;
}

/** A request for a delegate that was read here, before it goes on */
export interface HandedOn {
  /** As it came; undefined if there is none */
  readonly body: Readable | undefined;
  readonly names: readonly Name[];
}

/** Follow-ups of A2A go to the runs that they belong to, though agents and their SDKs know no run. */
export class HandedTasks {
  private readonly references = new DelegateReferences();
  private readonly held = new Held();

  /**
   * Reads which tasks a request continues. An unreadable request continues none: the delegate's companion refuses it.
   *
   * @throws Problem `companion.too-large`, `companion.busy`
   */
  public async read(incoming: IncomingMessage, outgoing: ServerResponse): Promise<HandedOn> {
    const { method = "", url: target = "", rawHeaders: raw } = incoming;
    const read = await heldBody(incoming, outgoing, this.held);
    const names = namesOf({ method, target, raw, body: read?.bytes });
    return { names, body: read?.body };
  }

  /** The reference of the delegate's run that they belong to */
  public runOf(run: Run, delegate: string, { names }: HandedOn): string | undefined {
    return this.references.of(run, delegate, names);
  }

  /** Keep what an answer tells of, so that follow-ups find its run. */
  public follow(run: Run, delegate: string, response: IncomingMessage): void {
    const reference = response.headers["ambit-run"];
    if (typeof reference !== "string") return;
    const told = new ToldNames(response, this.held, (names) => this.references.keep(run, delegate, names, reference));
    response.on("data", (part: Buffer) => told.take(part));
    response.once("close", () => told.end());
  }
}

function namesOf(request: Parameters<typeof a2aCall>[0]): readonly Name[] {
  const [path = ""] = request.target.split("?", 1);
  try {
    return a2aCall(request, path.replace(BELOW_BASE, "")).names;
  } catch (error) {
    if (error instanceof Problem) return [];
    throw error;
  }
}
