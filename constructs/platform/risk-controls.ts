import { onlyKnown, plainString, refuse, shown } from "../../domain";
import type { RiskTier } from "../../domain/rules/risk";
import { Ttl, type TtlInput } from "../../domain/ttl";

/** What an agent must have from a tier of risk on */
export interface RiskControl {
  /** The lowest tier for which it holds */
  readonly from: Exclude<RiskTier, "low">;
  /**
   * `"approval"`: each of its tasks that calls high-impact or outward actions has an approval; `"second-owner"`: a second person answers
   * for it beside its owner; `{ ttl }`: none of its tasks runs longer.
   */
  readonly requires: "approval" | "second-owner" | { readonly ttl: TtlInput };
  /** Why, in the platform's own words: a refusal says it */
  readonly because: string;
}

/** A control of risk, checked */
export interface PlatformRiskControl extends Omit<RiskControl, "requires"> {
  readonly requires: "approval" | "second-owner" | Ttl;
}

export const RISK_TIERS = ["low", "medium", "high", "critical"] as const satisfies readonly RiskTier[];

/** Without other words of the platform */
const DEFAULT: readonly RiskControl[] = [
  { from: "critical", requires: "approval", because: "an agent of critical risk acts on what a person has seen" },
];

/** @throws DeclarationError `platform.malformed` */
export function riskControlsOf(
  controls: readonly RiskControl[] = DEFAULT,
  where: string,
): readonly PlatformRiskControl[] {
  return controls.map((control, index) => {
    const at = `risk[${index}]`;
    onlyKnown(control, ["from", "requires", "because"], `${where} ${at}`);
    const { from, requires, because } = control;
    if (from === ("low" as string) || !RISK_TIERS.includes(from)) {
      refuse("platform.malformed", where, `${at}.from must be "medium", "high" or "critical", got ${shown(from)}`);
    }
    plainString(because, where, `${at}.because`, "platform.malformed");
    return { from, requires: requirement(requires, where, `${at}.requires`), because };
  });
}

function requirement(requires: RiskControl["requires"], where: string, at: string): PlatformRiskControl["requires"] {
  if (requires === "approval" || requires === "second-owner") return requires;
  if (typeof requires !== "object" || requires === null) {
    const known = `"approval", "second-owner" or { ttl: "5m" }`;
    refuse("platform.malformed", where, `${at} must be ${known}, got ${shown(requires)}`);
  }
  onlyKnown(requires, ["ttl"], `${where} ${at}`);
  return Ttl.from(requires.ttl, where, `${at}.ttl`);
}
