import { LABEL, TASK } from "../../../domain/registry/names";

/** Which run an address of a tool means, and what is asked of the tool */
export interface ToolAddress {
  /** `task`: its one living run. `self`: one that the agent started by itself. `run`: the one of this id. */
  readonly by: "run" | "self" | "task";
  /** Of the task or of the run */
  readonly name: string;
  readonly tool: string;
  /** Path and query at the gateway: what follows the tool's name is as it was received */
  readonly target: string;
}

const PREFIX = /^\/v1\/(?:tasks|runs)\/[^/?#]*(?:\/self)?\/tools(?:[/?#]|$)/;
const REST = "(?<rest>(?:[/?#].*)?)";
const OF_TASK = new RegExp(`^/v1/tasks/(?<name>${TASK})(?<self>/self)?/tools/(?<tool>${LABEL})${REST}$`, "s");
const OF_RUN = new RegExp(`^/v1/runs/(?<name>[A-Za-z0-9._~-]{1,256})/tools/(?<tool>${LABEL})${REST}$`, "s");

/** Whether a tool is asked for, be it by an address that names one or not. */
export function isOfTools(url: string): boolean {
  return PREFIX.test(url);
}

/**
 * The address as it was received: the gateway refuses what reads differently once it is decoded or shortened, which
 * nobody could see any more who has done it before.
 */
export function toolAddress(url: string): ToolAddress | undefined {
  const found = (OF_TASK.exec(url) ?? OF_RUN.exec(url))?.groups;
  if (found === undefined) return undefined;
  const { name = "", tool = "", rest = "", self } = found;
  const by = url.startsWith("/v1/runs/") ? "run" : self === undefined ? "task" : "self";
  return { by, name, tool, target: `/tools/${tool}${rest}` };
}
