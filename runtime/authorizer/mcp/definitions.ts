import { own } from "../../../domain";
import type { FleetTool } from "../../registry/registry";
import { userOf } from "../../token/subject-id";
import type { AccessTokenClaims } from "../../token/access-token";
import type { ParameterHeader } from "./agreeing-headers";
import { Bounded } from "../../bounded";
import { parameterHeadersOf, pinOf, repeatedNames } from "./definition";
import type { Members } from "./rpc";

/** What a server said last of one of its tools */
export interface Definition {
  /** Undefined if it has no canonical form, which is no pin's */
  readonly pin: string | undefined;
  readonly headers: readonly ParameterHeader[];
}

interface Seen extends Definition {
  /** Milliseconds, as `elapsed` counts them */
  readonly at: number;
}

/** What a server said of its tools, and when it was asked */
export interface Listed {
  readonly tools: readonly Members[];
  /** Whether it is the whole list, and not a page of it: what it lacks is gone */
  readonly isAll: boolean;
  /** `generation` at the time of the question */
  readonly asked: number;
}

const MOST_SERVERS = 4_096;
/** For which what a server said is believed: then a call waits until it is asked again. */
const FRESH_MILLISECONDS = 60_000;

/** Of one server as one caller sees it: where it acts as the user, users may see different tools. */
export function viewOf(
  { name, url, actsAs }: FleetTool,
  { sub_id: subject }: Pick<AccessTokenClaims, "sub_id">,
): string {
  if (actsAs !== "user") return JSON.stringify([name, url]);
  const user = userOf(subject);
  return JSON.stringify([name, url, user === null ? null : [user.issuer, user.subject]]);
}

/** Names of an MCP server's tools that are actions */
export function declaredTools({ actions }: Pick<FleetTool, "actions">): ReadonlySet<string> {
  return new Set(Object.values(actions).flatMap(({ match }) => ("tool" in match ? [match.tool] : [])));
}

/** The declared tools of MCP servers, as each server's last `tools/list` showed them */
export class Definitions {
  private readonly views = new Bounded<Map<string, Seen>>(MOST_SERVERS);
  private readonly generations = new Bounded<number>(MOST_SERVERS);
  private changes = 0;

  /** @param elapsed milliseconds from any beginning, that never go back */
  constructor(private readonly elapsed: () => number = () => performance.now()) {}

  /** Another one after each change that the server has told of */
  public generation(view: string): number {
    return this.generations.of(view) ?? this.next(view);
  }

  /**
   * A tool that is listed twice counts as unseen. One page alone confirms nothing, because the tool may be on another
   * page too; a tool whose definition differs from the one seen counts as unseen.
   *
   * @returns false if the server announced a change after the request: then the list is ignored
   */
  public saw(view: string, tool: FleetTool, { tools, isAll, asked }: Listed): boolean {
    if (this.generation(view) !== asked) return false;
    const seen = isAll ? new Map<string, Seen>() : (this.views.of(view) ?? new Map<string, Seen>());
    const at = this.elapsed();
    const declared = declaredTools(tool);
    const repeated = repeatedNames(tools);
    for (const definition of tools) {
      const name = own(definition, "name");
      if (typeof name !== "string" || !declared.has(name)) continue;
      const pin = pinOf(definition);
      if (repeated.has(name)) seen.delete(name);
      else if (isAll) seen.set(name, { pin, headers: parameterHeadersOf(definition), at });
      else if (pin === undefined || seen.get(name)?.pin !== pin) seen.delete(name);
    }
    this.views.put(view, seen);
    return true;
  }

  /** Undefined if it was not seen, or not lately */
  public fresh(view: string, name: string): Definition | undefined {
    const seen = this.views.of(view)?.get(name);
    return seen !== undefined && this.elapsed() - seen.at < FRESH_MILLISECONDS ? seen : undefined;
  }

  /** The server says that something has changed. */
  public changed(view: string): void {
    this.views.drop(view);
    this.next(view);
  }

  /** Counted over all views, so that one that was forgotten gets no number that it had. */
  private next(view: string): number {
    this.changes += 1;
    this.generations.put(view, this.changes);
    return this.changes;
  }
}
