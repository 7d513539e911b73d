import { LABEL, whole } from "../../../domain/registry/names";
import { Refusal } from "../../refusal/refusal";

const TOOL = "tool:";
const TOOL_NAME = whole(LABEL);

/** Audience of a token */
export type Audience =
  { readonly kind: "exchange" } | { readonly kind: "aws" } | { readonly kind: "tool"; readonly tool: string };

/** @throws Refusal */
export function audienceOf(parameters: ReadonlyMap<string, string>): Audience {
  const value = parameters.get("audience");
  if (value === undefined) throw Refusal.of("audience.malformed", "audience is missing");
  if (value === "exchange" || value === "aws") return { kind: value };
  const tool = value.startsWith(TOOL) ? value.slice(TOOL.length) : "";
  if (!TOOL_NAME.test(tool)) throw Refusal.of("audience.malformed");
  return { kind: "tool", tool };
}

/** As claim `aud` has it */
export function audienceName(audience: Audience): string {
  return audience.kind === "tool" ? `${TOOL}${audience.tool}` : audience.kind;
}
