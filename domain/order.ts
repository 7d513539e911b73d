import type { Delegation } from "./delegation";
import { refuse, shown } from "./errors";
import type { ToolGrant } from "./tool";

export interface OrderProps {
  /** Actions, or requests to a delegate, that must each have succeeded earlier; an unknown outcome is not a success */
  readonly first: Delegation | ToolGrant;
  /** Actions of the task, or requests to a delegate, that are refused until then */
  readonly then: Delegation | ToolGrant;
  /**
   * Where "earlier" is looked for: in the same run, so `first` is the task's own, or in the session, where `first` may
   * be the work of another task of the agent.
   *
   * @default "run"
   */
  readonly within?: "run" | "session";
}

/** Actions that must have succeeded before others are allowed. */
export class Order {
  private constructor(
    public readonly first: readonly string[],
    public readonly then: readonly string[],
    public readonly within: "run" | "session",
  ) {}

  /** @throws DeclarationError `order.malformed` when an action should come before itself, or `within` is no place. */
  public static of(props: OrderProps): Order {
    const first = props.first.names;
    const then = props.then.names;
    const both = first.find((name) => then.includes(name));
    if (both !== undefined) {
      refuse(
        "order.malformed",
        "order",
        `first and then both name ${shown(both)}: an action cannot come before itself`,
      );
    }
    const within = props.within ?? "run";
    if (within !== "run" && within !== "session") {
      refuse("order.malformed", "order", `within must be "run" or "session", got ${shown(within)}`);
    }
    return new Order(first, then, within);
  }
}
