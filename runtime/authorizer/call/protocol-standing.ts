import {
  type CallFacts,
  own,
  type PolicyDocument,
  type ReasonCode,
  Sensitivity,
  type SensitivityName,
} from "../../../domain";

/**
 * Why a message that calls no tool may not go to its destination. The policy decides whether its run may have a token
 * for the tool now, when the token is made and before anything is sent.
 */
export function refusedAtDestination(
  { tool, destination }: Pick<CallFacts, "destination" | "tool">,
  mark: SensitivityName,
  { tools }: Pick<PolicyDocument, "tools">,
): ReasonCode | undefined {
  const declared = own(tools, tool);
  if (declared?.destination !== destination) return "destination.undeclared";
  return Sensitivity.of(mark, "session").rank > declared.clearance ? "mark.above-clearance" : undefined;
}

/** Highest sensitivity that the answer to such a message may show: that of all granted actions of the tool */
export function readBy(
  tool: string,
  granted: readonly string[],
  { tools }: Pick<PolicyDocument, "tools">,
): readonly string[] {
  const actions = own(tools, tool)?.actions;
  const touched = granted.flatMap((action) => Object.keys(own(actions, action)?.touches ?? {}));
  return [...new Set(touched)].filter((access) => !/:(?:write|delete)$/.test(access)).sort();
}
