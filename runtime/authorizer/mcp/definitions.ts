import { own } from "../../../domain";
import type { FleetTool } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";
import type { ParameterHeader } from "./agreeing-headers";
import { Bounded } from "./bounded";
import { parameterHeadersOf, pinOf } from "./definition";
import type { Members } from "./rpc";

/** What a server said last of one of its tools */
export interface Definition {
  /** Undefined where it has no canonical form, which is no pin's */
  readonly pin: string | undefined;
  readonly headers: readonly ParameterHeader[];
}

interface Seen extends Definition {
  /** Milliseconds, as `elapsed` counts them */
  readonly at: number;
}

const MOST_SERVERS = 4_096;
/** For which what a server said is believed: then a call waits until it is asked again. */
const FRESH_MILLISECONDS = 60_000;

/** Of one server as one caller sees it: where it acts as the user, users may see different tools. */
export function viewOf({ name, url, actsAs }: FleetTool, { sub }: Pick<AccessTokenClaims, "sub">): string {
  return JSON.stringify(actsAs === "user" ? [name, url, sub] : [name, url]);
}

/** The declared tools of MCP servers, as each server's last `tools/list` showed them */
export class Definitions {
  private readonly views = new Bounded<Map<string, Seen>>(MOST_SERVERS);

  /** @param elapsed milliseconds from any beginning, that never go back */
  constructor(private readonly elapsed: () => number = () => performance.now()) {}

  /** @param isAll whether it is the whole list: what it lacks is gone */
  public saw(view: string, tool: FleetTool, listed: readonly Members[], isAll: boolean): void {
    const declared = new Set(Object.values(tool.actions).flatMap(({ match }) => ("tool" in match ? [match.tool] : [])));
    const seen = isAll ? new Map<string, Seen>() : (this.views.of(view) ?? new Map<string, Seen>());
    const at = this.elapsed();
    for (const definition of listed) {
      const name = own(definition, "name");
      if (typeof name !== "string" || !declared.has(name)) continue;
      seen.set(name, { pin: pinOf(definition), headers: parameterHeadersOf(definition), at });
    }
    this.views.put(view, seen);
  }

  /** Undefined where it was not seen, or not lately */
  public fresh(view: string, name: string): Definition | undefined {
    const seen = this.views.of(view)?.get(name);
    return seen !== undefined && this.elapsed() - seen.at < FRESH_MILLISECONDS ? seen : undefined;
  }

  /** The server says that something has changed. */
  public changed(view: string): void {
    this.views.drop(view);
  }
}
