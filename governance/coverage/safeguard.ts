import type { ControlId } from "../../domain/standards";
import type { DeclaredAgent, Output } from "./output";

/** What a safeguard does for an entry of a standard while it holds for every agent that it applies to */
export interface Claim {
  readonly control: ControlId;
  readonly level: "provides" | "contributes";
  /** The part that is provided, in few words */
  readonly part?: string;
  /** Safeguards that must be whole too: otherwise this one contributes */
  readonly with?: readonly string[];
}

/** What must be found in the output. Without an address it is missing. */
export type Requirement = PlatformRequirement | AgentRequirement;

/** Once for the platform */
export interface PlatformRequirement {
  readonly what: string;
  readonly find: (output: Output) => readonly string[];
}

/** For each agent that it applies to */
export interface AgentRequirement {
  readonly what: string;
  /** All agents by default */
  readonly appliesTo?: (agent: DeclaredAgent, output: Output) => boolean;
  readonly findFor: (agent: DeclaredAgent, output: Output) => readonly string[];
}

/**
 * Something that the platform puts between an agent and harm, and that its output shows.
 *
 * Its evidence is a pure function of the output. Taking a resource away adds to it only where that resource undid a protection.
 */
export interface Safeguard {
  /** Stable: `C01` to `C24` are those of the mapping that reports cite */
  readonly id: string;
  readonly name: string;
  /** All of them must be found */
  readonly requires: readonly Requirement[];
  readonly claims: readonly Claim[];
  /** What stays with the customer while it holds */
  readonly yours: string;
}

export function isForAgents(requirement: Requirement): requirement is AgentRequirement {
  return "findFor" in requirement;
}

export function contributes(...controls: readonly ControlId[]): readonly Claim[] {
  return controls.map((control) => ({ control, level: "contributes" }));
}

export function provides(control: ControlId, part: string, ...others: readonly string[]): Claim {
  return { control, level: "provides", part, ...(others.length > 0 && { with: others }) };
}
