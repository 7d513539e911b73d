import { isProtocolAction, methodIn, own } from "../../../domain";
import { delegateIn } from "../../../domain/handing-on";
import { ATTRIBUTES, OPERATIONS, OTHER } from "../../../domain/telemetry-names";
import type { DeclaredValues } from "../../telemetry/declared-values";
import type { Facts } from "../../telemetry/telemetry";
import { NOTIFICATIONS, REQUESTS } from "../mcp/revisions";

/** How a call is named in traces, and what else they say of it */
export interface CallName {
  readonly name: string;
  /** Whether it is a message to an MCP server */
  readonly isMcp: boolean;
  /** Whether it calls a tool; other messages are not counted as calls */
  readonly isToolCall: boolean;
  readonly facts: Facts;
}

const TOOLS_CALL = "tools/call";

/**
 * Span names by the semantic conventions of MCP and GenAI
 *
 * @param tool name, or the name that stands for a delegate; undefined if the tool is unknown
 * @param action undefined if it was not recognised
 */
export function callName(tool: string | undefined, action: string | undefined, declared: DeclaredValues): CallName {
  const known = { [ATTRIBUTES.tool]: declared.tool(tool) };
  const delegate = delegateIn(tool ?? "");
  if (delegate !== undefined) return handedOn(declared.agent(delegate), known);
  const kind = declared.kindOf(tool ?? "");
  const isMessage = action !== undefined && isProtocolAction(action);
  if (kind === "mcp" && isMessage) return message(methodIn(action), known);
  const name = declared.action(tool, action);
  const facts = { ...known, [ATTRIBUTES.action]: name };
  if (kind === "mcp") {
    const method = { [ATTRIBUTES.mcpMethod]: TOOLS_CALL, [ATTRIBUTES.operation]: OPERATIONS.call };
    const all = { ...facts, ...method, [ATTRIBUTES.genAiTool]: name };
    return { name: `${TOOLS_CALL} ${name}`, isMcp: true, isToolCall: true, facts: all };
  }
  if (kind === "model") {
    const all = { ...facts, [ATTRIBUTES.operation]: OPERATIONS.ask };
    return { name: `${OPERATIONS.ask} ${name}`, isMcp: false, isToolCall: false, facts: all };
  }
  const called = kind === undefined ? OTHER : `${tool}.${name}`;
  const all = { ...facts, [ATTRIBUTES.operation]: OPERATIONS.call, [ATTRIBUTES.genAiTool]: called };
  return { name: `${OPERATIONS.call} ${called}`, isMcp: false, isToolCall: true, facts: all };
}

/** The agent whose work is asked for */
export function handedOn(agent: string, more: Facts = {}): CallName {
  const facts = { ...more, [ATTRIBUTES.operation]: OPERATIONS.handOn, [ATTRIBUTES.genAiAgent]: agent };
  return { name: `${OPERATIONS.handOn} ${agent}`, isMcp: false, isToolCall: false, facts };
}

function message(method: string, known: Facts): CallName {
  const isServed = own(REQUESTS, method) !== undefined || own(NOTIFICATIONS, method) !== undefined;
  const name = isServed ? method : OTHER;
  return { name, isMcp: true, isToolCall: false, facts: { ...known, [ATTRIBUTES.mcpMethod]: name } };
}
