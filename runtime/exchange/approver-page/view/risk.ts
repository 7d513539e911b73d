import type { ShownApproval } from "../../../approval/shown-approval";

export interface Risk {
  readonly level: "high" | "raised" | "usual";
  /** Why it is not lower, the gravest first; empty if it is usual */
  readonly because: readonly string[];
}

const GRAVE: readonly string[] = ["confidential", "restricted"];

/**
 * How closely a person should look, from what is declared and what the session had read: high where a harm meets what a stranger may have
 * written, or where what is confidential may get outside. What is declared no more is taken for the worst.
 */
export function riskOf({ declared, session, sensitivity, user }: ShownApproval): Risk {
  const isOutward = declared?.outward !== false;
  const harms = [
    ...(declared?.impact === "low" ? [] : ["it has a high impact"]),
    ...(isOutward ? ["its effect is seen outside the organisation"] : []),
  ];
  const doubts = [
    ...(session.tainted ? ["its session had read what a stranger may have written"] : []),
    ...(isOutward && GRAVE.includes(sensitivity) ? [`it may show ${sensitivity} data outside`] : []),
  ];
  const others = declared?.actsAs === "user" && user !== null ? ["it uses the rights of a user"] : [];
  const because = [...doubts, ...harms, ...others];
  if (doubts.length > 0 && harms.length > 0) return { level: "high", because };
  return { level: because.length > 0 ? "raised" : "usual", because };
}
