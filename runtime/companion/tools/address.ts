import { LABEL, TASK } from "../../../domain/registry/names";
import type { Wanted } from "../exchange-client";

/** Which run an address of a tool or a delegate means, and what is asked there */
export interface ToolAddress {
  /** `task`: its one living run. `self`: one that the agent started by itself. `run`: the one of this handle or id. */
  readonly by: "run" | "self" | "task";
  /** Of the task, or of the run */
  readonly name: string;
  /** The token that it is called with */
  readonly wanted: Wanted;
  /** Path and query at the gateway: the part after the name is unchanged */
  readonly target: string;
  /** Undefined for a tool */
  readonly delegate: Delegate | undefined;
}

/** A task of another agent, to which work is handed on */
export interface Delegate {
  readonly task: string;
  /** Path below which it is for this caller */
  readonly base: string;
  /** Whether it requests the agent card, which starts nothing */
  readonly isCard: boolean;
}

/** A2A 1.0, section 8.2 */
const CARD = "/.well-known/agent-card.json";

const OF_WHOM = "(?:tools|delegates)";
const PREFIX = new RegExp(`^/v1/(?:tasks|runs)/[^/?#]*(?:/self)?/${OF_WHOM}(?:[/?#]|$)`);
const CALLED = `(?:tools/(?<tool>${LABEL})|delegates/(?<agent>${LABEL})\\.(?<delegate>${TASK}))(?<rest>(?:[/?#].*)?)`;
const OF_TASK = new RegExp(`^/v1/tasks/(?<name>${TASK})(?<self>/self)?/${CALLED}$`, "s");
const OF_RUN = new RegExp(`^/v1/runs/(?<name>[A-Za-z0-9._~-]{1,256})/${CALLED}$`, "s");

/** Whether a tool or a delegate is asked for, be it by an address that names one or not. */
export function isOfTools(url: string): boolean {
  return PREFIX.test(url);
}

/**
 * The address as received. The gateway refuses an address that changes when it is decoded or normalised; after a
 * rewrite here it could not tell who had changed it.
 */
export function toolAddress(url: string): ToolAddress | undefined {
  const found = (OF_TASK.exec(url) ?? OF_RUN.exec(url))?.groups;
  if (found === undefined) return undefined;
  const { name = "", tool, agent, delegate: task = "", rest = "", self } = found;
  const by = url.startsWith("/v1/runs/") ? "run" : self === undefined ? "task" : "self";
  if (tool !== undefined) {
    return { by, name, wanted: { audience: `tool:${tool}` }, target: `/tools/${tool}${rest}`, delegate: undefined };
  }
  const wanted = { audience: "exchange", delegate: `${agent}.${task}` };
  const base = url.slice(0, url.length - rest.length);
  return { by, name, wanted, target: `/agents/${agent}${rest}`, delegate: { task, base, isCard: rest === CARD } };
}
