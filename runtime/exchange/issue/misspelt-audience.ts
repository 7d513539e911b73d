import type { Reason } from "../../../domain";
import { likely } from "../../../domain/nearest";
import type { FleetTask } from "../../registry/registry";

/** Reasons of the policy, with the audience that the task does use where another was most likely misspelt */
export function withNearestAudience(reasons: readonly Reason[], task: FleetTask, audience: string): readonly Reason[] {
  const meant = likely(audience, audiencesOf(task));
  if (meant === undefined) return reasons;
  return reasons.map((reason) => (reason.code === "audience.not-granted" ? { ...reason, fix: fixFor(meant) } : reason));
}

function fixFor(meant: string): string {
  return `ask for ${meant}, the audience of this task whose name is nearest, or grant the other one in the task`;
}

/** The client's own audiences, which it can learn anyway by requesting a token for each */
function audiencesOf({ tools, aws, delegates }: FleetTask): readonly string[] {
  return [
    ...[...tools.keys()].map((tool) => `tool:${tool}`),
    ...(aws === undefined ? [] : ["aws"]),
    ...(delegates.size === 0 ? [] : ["exchange"]),
  ];
}
