import { own } from "../../domain";
import { COMPANION_REASONS } from "../../domain/companion-reasons";
import { REASONS } from "../../domain/decision/reasons";
import { EXCHANGE_REASONS } from "../../domain/exchange-reasons";
import { GATEWAY_REASONS } from "../../domain/gateway-reasons";
import { delegateIn } from "../../domain/handing-on";
import { OTHER } from "../../domain/telemetry-names";
import type { FleetAgent, FleetView, Registry } from "../registry/registry";

const CODES: ReadonlySet<string> = new Set(
  [COMPANION_REASONS, EXCHANGE_REASONS, GATEWAY_REASONS, REASONS].flatMap((reasons) => Object.keys(reasons)),
);

/**
 * Declared names appear in traces and metrics; all other values become one, so that callers can neither create series
 * nor have their own text shown.
 */
export class DeclaredValues {
  constructor(private readonly fleet: FleetView | undefined) {}

  /** By the current registry; empty if there is none */
  public static of(registry: Pick<Registry, "current">): DeclaredValues {
    try {
      return new DeclaredValues(registry.current());
    } catch {
      return new DeclaredValues(undefined);
    }
  }

  /** @param agent name or SPIFFE ID */
  public agent(agent: unknown): string {
    return this.found(agent)?.name ?? OTHER;
  }

  public task(agent: unknown, task: unknown): string {
    return typeof task === "string" && this.found(agent)?.tasks.has(task) === true ? task : OTHER;
  }

  /** @param tool name, or what stands for a delegate */
  public tool(tool: unknown): string {
    if (typeof tool !== "string") return OTHER;
    const delegate = delegateIn(tool);
    const isDeclared = delegate === undefined ? this.fleet?.toolOf(tool) : this.fleet?.agentNamed(delegate);
    return isDeclared === undefined ? OTHER : tool;
  }

  /** @param action of the tool, or a task of the delegate that it stands for */
  public action(tool: unknown, action: unknown): string {
    if (typeof tool !== "string" || typeof action !== "string") return OTHER;
    const delegate = delegateIn(tool);
    if (delegate !== undefined) return this.task(delegate, action);
    return own(this.fleet?.toolOf(tool)?.actions, action) === undefined ? OTHER : action;
  }

  public kindOf(tool: string): string | undefined {
    return this.fleet?.toolOf(tool)?.kind;
  }

  private found(agent: unknown): FleetAgent | undefined {
    if (typeof agent !== "string") return undefined;
    return this.fleet?.agentNamed(agent) ?? this.fleet?.agentOf(agent);
  }
}

/** A reason that is documented */
export function knownReason(code: unknown): string {
  return typeof code === "string" && CODES.has(code) ? code : OTHER;
}
