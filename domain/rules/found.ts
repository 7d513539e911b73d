import type { AgentDeclaration } from "../agent";
import { type ErrorCode, refuse } from "../errors";
import { declaredAt } from "../source-line";

/** What is wrong with one agent of several, in words */
export interface Found {
  readonly agent: AgentDeclaration;
  readonly sentence: string;
}

/** @throws DeclarationError if something was found */
export function refuseFound(code: ErrorCode, found: Found | undefined): void {
  if (found !== undefined) refuse(code, found.agent.where, `${found.sentence}${declaredAt(found.agent)}`);
}
