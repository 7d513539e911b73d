import type { ControlId, StandardId } from "../../domain/standards";

/** How far an entry of a standard is covered by this output; the best first */
export const LEVELS = ["provides", "contributes", "yours"] as const;
export type Level = (typeof LEVELS)[number];

/** What one synthesized folder covers of the standards, and what it leaves to the customer */
export interface Coverage {
  /** `YYYY-MM-DD` on which it was judged */
  readonly day: string;
  readonly trustDomain: string;
  /** Names of all agents of the registry */
  readonly agents: readonly string[];
  readonly safeguards: readonly SafeguardFound[];
  readonly rules: readonly RuleFound[];
  readonly standards: readonly StandardCoverage[];
}

/** `whole`: for every agent that it applies to; `partial`: for some; `absent`: for none, or a part of the platform is missing */
export type Extent = "whole" | "partial" | "absent";

export interface SafeguardFound {
  readonly id: string;
  readonly name: string;
  readonly extent: Extent;
  /** Addresses in the output that show it for the platform */
  readonly platform: readonly string[];
  /** What of the platform is missing */
  readonly missing: readonly string[];
  /** Agents for which it holds, with the addresses that show it */
  readonly holds: ReadonlyMap<string, readonly string[]>;
  /** Agents that lack it, with what is missing for each */
  readonly lacks: ReadonlyMap<string, string>;
  readonly yours: string;
}

/** A guardrail, after it ran over the output */
export interface RuleFound {
  readonly id: string;
  readonly standards: readonly ControlId[];
  /** Blocks or agents that it looked at: none where the output has nothing of its kind */
  readonly looked: number;
  /** `<finding> at <address>` of what is refused: then the rule is no evidence */
  readonly refused: readonly string[];
  /** The same for acknowledged findings, with their last day */
  readonly acknowledged: readonly AcknowledgedFor[];
}

export interface AcknowledgedFor {
  readonly finding: string;
  readonly owner: string;
  readonly expires: string;
}

/** A finding beside which an entry is not provided: the protection is not whole, even where a person answers for it. */
export interface LoweredBy {
  /** `<finding> at <address>` */
  readonly finding: string;
  /** Who answers for it, and until which day; undefined for a refused finding */
  readonly acknowledged?: Pick<AcknowledgedFor, "owner" | "expires">;
}

export interface StandardCoverage {
  readonly id: StandardId;
  readonly entries: readonly EntryCoverage[];
}

export interface EntryCoverage {
  readonly control: ControlId;
  /** As the publisher spells it, such as `NHI5:2025` */
  readonly label: string;
  readonly title: string;
  readonly level: Level;
  /** What is provided; empty unless something is */
  readonly parts: readonly string[];
  /** Findings without which it would be provided, of guardrails that cite it */
  readonly lowered: readonly LoweredBy[];
  /** Ids of safeguards that hold at least for some agents */
  readonly by: readonly string[];
  /** Ids of guardrails that found nothing refused */
  readonly rules: readonly string[];
  /** Ids of safeguards and guardrails that would count, and are missing, partial or refused */
  readonly open: readonly string[];
  /** What stays with the customer; never empty */
  readonly yours: readonly string[];
}
