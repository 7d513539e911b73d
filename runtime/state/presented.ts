import { delegateTool } from "../../domain";
import type { AccessTokenClaims } from "../token/access-token";
import { taskInScope } from "../token/task-scope";

/** What a token is for, as the policy is asked about it */
export interface Presented {
  /** `tool:<name>` */
  readonly audience: string;
  /** Actions that it is for; empty if it does not say */
  readonly scope: readonly string[];
}

/**
 * A delegation token counts as one for the delegate, as if it were a tool, and for the one task. Without a task it
 * allows no call.
 */
export function presented({ aud, scope }: Pick<AccessTokenClaims, "aud" | "scope">): Presented {
  if (aud !== "exchange") return { audience: aud, scope: scope === undefined ? [] : scope.split(" ") };
  const named = taskInScope(scope ?? "");
  if (named === undefined) return { audience: aud, scope: [] };
  return { audience: `tool:${delegateTool(named.agent)}`, scope: [named.task] };
}

/** Whether a token goes with a call: to a tool, or to a delegate */
export function isForCalls(claims: Pick<AccessTokenClaims, "aud" | "scope">): boolean {
  return presented(claims).audience.startsWith("tool:");
}

export function scopeOf(claims: Pick<AccessTokenClaims, "aud" | "scope">): readonly string[] {
  return presented(claims).scope;
}
