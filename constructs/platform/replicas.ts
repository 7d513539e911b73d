import { type ErrorCode, refuse, shown } from "../../domain";

/** Pods of a Deployment that follow their load */
export interface Replicas {
  readonly min: number;
  readonly max: number;
}

/** @param stopped what all stops where there is one pod: `agents`, `alarms` or `calls` */
export function checkedReplicas(
  { min, max }: Replicas,
  where: string,
  { code, stopped }: { readonly code: ErrorCode; readonly stopped: "agents" | "alarms" | "calls" },
): Replicas {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 2 || max < min || max > 100) {
    const what = "replicas must be whole numbers with 2 ≤ min ≤ max ≤ 100";
    refuse(code, where, `${what}, got ${shown({ min, max })}: with one pod, a node's end stops all ${stopped}`);
  }
  return { min, max };
}
