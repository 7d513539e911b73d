import { own } from "../../../domain";
import type { ExactRequest } from "../../approval/digest";
import type { Value } from "../../json";
import { deniedBy } from "../../refusal/denied";
import type { FleetTask, FleetView } from "../../registry/registry";
import type { Run } from "../../session/session";
import { malformed } from "../request/details";
import type { TokenRequest } from "../request/token-request";

/** Whose decision a token needs */
export type Approver = NonNullable<FleetTask["approval"]>;

/**
 * The group that must approve what is asked for; undefined where nobody is asked. With one, the request says what is to be approved, without
 * one it does not.
 *
 * @throws Refusal
 */
export function approverOf(task: FleetTask, { audience, call }: TokenRequest): Approver | undefined {
  const approver = audience.kind === "tool" ? task.approval : undefined;
  if (approver !== undefined && call === undefined) {
    throw malformed("action, destination and arguments are missing: the task's calls are approved one by one");
  }
  if (approver === undefined && call !== undefined) {
    throw malformed("action, destination and arguments are for a task whose calls are approved");
  }
  return approver;
}

/** What a person decides on; undefined where nobody is asked. */
export function exactRequestOf(run: Run, { audience, call }: TokenRequest): ExactRequest | undefined {
  if (audience.kind !== "tool" || call === undefined) return undefined;
  return {
    agent: run.spiffeId,
    chain: run.chain,
    user: run.user,
    task: run.task,
    tool: audience.tool,
    action: call.action,
    destination: call.destination,
    arguments: call.arguments as ExactRequest["arguments"] & Readonly<Record<string, Value>>,
  };
}

/**
 * Nobody is asked for what no call could use.
 *
 * @throws Refusal `destination.undeclared`
 */
export function checkDestination({ policy }: FleetView, { tool, destination }: ExactRequest): void {
  if (own(policy.tools, tool)?.destination !== destination) throw deniedBy("destination.undeclared");
}
