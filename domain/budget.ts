import { unitsOf } from "./amount";
import type { Delegation } from "./delegation";
import { refuse, shown } from "./errors";
import { notToken, plainString } from "./plain";
import type { ToolGrant } from "./tool";

const PERIODS = ["run", "session", "hour", "day"] as const satisfies readonly BudgetPeriod[];
/** Where a budget starts again: run and session belong to one user, hour and day to agent and user */
export type BudgetPeriod = "run" | "session" | "hour" | "day";

export interface BudgetProps {
  /**
   * What spends it: tool actions, or requests to a delegate.
   *
   * @default - every tool action of the task, and every request to its delegates
   */
  readonly of?: Delegation | ToolGrant;
}

/** At most N calls, a sum over one argument, or N tokens of models, in a period. */
export class Budget {
  private constructor(
    public readonly limit: number,
    public readonly period: BudgetPeriod,
    /** `<tool>.<action>` or `agent:<agent>.<task>`, or undefined for all of the task */
    public readonly actions: readonly string[] | undefined,
    /** Argument that is added up, or undefined to count calls */
    public readonly sumOf: string | undefined,
    /** `tokens`: what models read and answer; undefined for calls and sums */
    public readonly counts?: "tokens",
  ) {}

  public static perRun(limit: number, props: BudgetProps = {}): Budget {
    return Budget.checked(limit, "run", props);
  }

  public static perSession(limit: number, props: BudgetProps = {}): Budget {
    return Budget.checked(limit, "session", props);
  }

  public static perHour(limit: number, props: BudgetProps = {}): Budget {
    return Budget.checked(limit, "hour", props);
  }

  public static perDay(limit: number, props: BudgetProps = {}): Budget {
    return Budget.checked(limit, "day", props);
  }

  /** At most `limit` in sum over `argument` (a number in the request), such as the amount of refunds */
  public static sum(argument: string, limit: number, props: BudgetProps & { readonly per: BudgetPeriod }): Budget {
    return Budget.checked(limit, props.per, props, plainString(argument, "budget", "argument", "budget.malformed"));
  }

  /**
   * At most `limit` tokens of models, in and out. A call takes what it can use at most before it goes out, and is given back what it
   * did not use.
   */
  public static tokens(limit: number, props: BudgetProps & { readonly per: BudgetPeriod }): Budget {
    if (props.of !== undefined && !("tool" in props.of && props.of.tool.kind === "model")) {
      const what = `of must name actions of a model, got ${props.of.names.join(", ")}`;
      refuse("budget.malformed", "budget", `${what}: only models use tokens`);
    }
    const { limit: checked, period, actions } = Budget.checked(limit, props.per, props);
    return new Budget(checked, period, actions, undefined, "tokens");
  }

  private static checked(limit: number, period: BudgetPeriod, props: BudgetProps, sumOf?: string): Budget {
    if (!PERIODS.includes(period)) {
      refuse("budget.malformed", "budget", `per must be one of ${PERIODS.join(", ")}, got ${shown(period)}`);
    }
    notToken(limit, "budget", `the limit per ${period}`, "number");
    const [sound, kind] =
      sumOf === undefined
        ? [Number.isSafeInteger(limit), "whole number"]
        : [unitsOf(limit) !== undefined, "number of at most four decimal places"];
    if (!sound || limit <= 0) {
      refuse("budget.malformed", "budget", `the limit per ${period} must be a ${kind} above zero, got ${shown(limit)}`);
    }
    return new Budget(limit, period, props.of?.names, sumOf);
  }
}
