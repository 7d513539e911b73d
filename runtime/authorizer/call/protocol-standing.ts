import {
  type CallFacts,
  own,
  type PolicyDocument,
  type ReasonCode,
  Sensitivity,
  type SensitivityName,
} from "../../../domain";

/**
 * Why a message that calls no tool may not go where it goes. Whether its run may have a token for the tool now, the policy says; that
 * is asked where a token is made, when nothing is sent yet.
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

/** What the answer to such a message may show: all that the granted actions of its tool read */
export function readBy(
  tool: string,
  granted: readonly string[],
  { tools }: Pick<PolicyDocument, "tools">,
): readonly string[] {
  const actions = own(tools, tool)?.actions;
  const touched = granted.flatMap((action) => Object.keys(own(actions, action)?.touches ?? {}));
  return [...new Set(touched)].filter((access) => !/:(?:write|delete)$/.test(access)).sort();
}
