import type { Value } from "../../json";
import type { Denial } from "../denial";
import type { AnswerReader } from "../answer/answer-reader";
import type { Revision } from "../mcp/revisions";
import type { Members } from "../mcp/rpc";

/** Arguments by name: of path, query and body */
export type Arguments = Readonly<Record<string, Value>>;

/** What an MCP server says of its tools now */
export type Look = (revision: Revision) => Promise<readonly Members[]>;

/** Which action a request is, and with what */
export interface RecognisedCall {
  /** Or what stands for a message that calls no tool (domain/protocol-action.ts) */
  readonly action: string;
  readonly arguments: Arguments;
  /** Actions that the caller may use, if the call matches none of them */
  readonly granted?: readonly string[];
  /** Whether the answer may show what the granted actions read */
  readonly reads?: boolean;
  /** Tokens of a model that it can use at most */
  readonly tokens?: number;
  /** Names of headers that reach the tool beside those that reach every tool */
  readonly passes?: readonly string[];
  /** What must hold before it is decided. @throws Denial */
  readonly confirm?: (look: Look) => Promise<void>;
  /** The call is allowed; what is good once is used up. @throws Denial if another call was faster */
  readonly goesOut?: () => void;
  /** Undefined if only the status tells how the call ended */
  readonly answer?: AnswerReader;
  /** `traceparent` of the message itself, unparsed: it becomes a span link, and decides nothing */
  readonly trace?: unknown;
  /** The refusal in the caller's protocol */
  readonly refused?: (denial: Denial) => Denial;
}
