import type { DataAccess, ExternalDataset } from "./dataset";
import type { SensitivityName } from "./sensitivity";

export type Impact = "low" | "high";
export type HttpMethod = "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "PATCH" | "DELETE";
/** A JSON Schema document (draft 2020-12) */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ActionProps {
  /**
   * How bad a wrong call would be.
   *
   * @default "low"
   */
  readonly impact?: Impact;

  /**
   * Whether people outside the organisation see the effect. `false` needs a reason, which the review shows.
   *
   * @default - true for a write at a host outside the platform's own domains; never for a model
   */
  readonly outward?: { readonly is: boolean; readonly reason: string };

  /**
   * External data the action reads or writes. A task needs each of them granted by itself.
   *
   * @default - none
   */
  readonly touches?: readonly DataAccess<ExternalDataset>[];
}

export interface HttpAction extends ActionProps {
  readonly method: HttpMethod;
  /** Path template, such as `"/api/v2/tickets/{id}"` */
  readonly path: `/${string}`;
  /**
   * Schema the query parameters must satisfy, as an object of texts: each may be sent once.
   *
   * @default - a request with a query is refused
   */
  readonly query?: JsonSchema;
  /**
   * Schema the JSON body must satisfy.
   *
   * @default - a request with a body is refused
   */
  readonly body?: JsonSchema;
}

/** Capabilities of MCP besides tools, as its revisions name them; `subscriptions` are streams of changes that the server tells */
export const MCP_CAPABILITIES = [
  "completions",
  "elicitation",
  "logging",
  "prompts",
  "resources",
  "roots",
  "sampling",
  "subscriptions",
  "tasks",
] as const satisfies readonly McpCapability[];

export type McpCapability =
  | "completions"
  | "elicitation"
  | "logging"
  | "prompts"
  | "resources"
  | "roots"
  | "sampling"
  | "subscriptions"
  | "tasks";

export interface McpAction extends ActionProps {
  /** Name of the tool at the MCP server */
  readonly tool: string;
  /**
   * `sha256:` and 64 hex digits over the RFC 8785 form of the reviewed tool definition: name, title, description,
   * schemas, annotations and icons, from the server's `tools/list` (`ambit tools pin`). A call goes out only while the
   * server answers the same.
   *
   * @default - none; then `unpinned` must say why
   */
  readonly pin?: string;
  /**
   * Lets the server change what the tool says of itself. Needs a reason, which the review shows.
   *
   * @default - none; then `pin` is required
   */
  readonly unpinned?: { readonly reason: string };
  /**
   * The tool only reads; ignored when `touches` holds a write.
   *
   * @default false
   */
  readonly readOnly?: boolean;
}

export const MODEL_APIS = [
  "anthropic.messages",
  "openai.responses",
  "openai.chat-completions",
] as const satisfies readonly ModelApi[];
/** How a model is asked: the Messages API of Anthropic, or Responses or Chat Completions of OpenAI, at any provider that offers it */
export type ModelApi = "anthropic.messages" | "openai.responses" | "openai.chat-completions";

export const MODEL_FEATURES = [
  "hosted-tools",
  "connectors",
  "url-inputs",
  "file-inputs",
  "media-inputs",
  "stored-responses",
  "previous-responses",
  "background",
] as const satisfies readonly ModelFeature[];
/** What happens at the provider beyond one answer to one prompt */
export type ModelFeature =
  | "hosted-tools"
  | "connectors"
  | "url-inputs"
  | "file-inputs"
  | "media-inputs"
  | "stored-responses"
  | "previous-responses"
  | "background";

export interface ModelAction extends ActionProps {
  /** Model name the request must carry */
  readonly model: string;
  /** Output tokens that a request may ask for, at most 1,000,000. A request without a limit is refused. */
  readonly maxOutputTokens: number;
  /**
   * What a request may have the provider do: `hosted-tools` run there, as web search and code execution do; `connectors` let it call
   * MCP servers; `url-inputs` let it fetch; `file-inputs` name files that it keeps; `media-inputs` are images, documents and audio
   * within the request; `stored-responses` are kept, and `previous-responses` gone on from; `background` answers later.
   *
   * @default - none of these
   */
  readonly allows?: readonly ModelFeature[];
}

/** A named identity of the tool's own, whose request parameters are bound to claims of the token. */
export interface ServiceIdentity {
  readonly service: string;
  /**
   * Request parameter to token claim: the authorizer refuses another value.
   *
   * @default - none
   */
  readonly bind?: Readonly<Record<string, string>>;
}

export interface ToolProps {
  /** https address; its host is the tool's destination */
  readonly url: string;
  /** Highest sensitivity that may be sent there */
  readonly clearance: SensitivityName;
  /**
   * Whose rights the tool uses downstream.
   *
   * @default "user"
   */
  readonly actsAs?: "user" | ServiceIdentity;
  /**
   * Lets the host resolve to an address of a private network (RFC 1918, RFC 4193, RFC 6598). Needs a reason, which the review shows.
   * Loopback, link-local and metadata addresses are refused anyway.
   *
   * @default - the gateway refuses a connection to any address that is not on the public internet
   */
  readonly privateAddress?: { readonly reason: string };
}

export interface HttpToolProps<K extends string> extends ToolProps {
  /**
   * Whether its output may carry instructions of strangers.
   *
   * @default true
   */
  readonly untrustedOutput?: boolean;
  readonly actions: Readonly<Record<K, HttpAction>>;
}

export interface McpToolProps<K extends string> extends ToolProps {
  /**
   * Whether its output may carry instructions of strangers.
   *
   * @default true
   */
  readonly untrustedOutput?: boolean;
  /**
   * What the server and its clients may use of MCP besides tools. Its content counts as the output of the tool, and as reading all that
   * the task's actions of it read.
   *
   * @default - nothing
   */
  readonly capabilities?: readonly McpCapability[];
  readonly actions: Readonly<Record<K, McpAction>>;
}

export interface ModelToolProps<K extends string> extends ToolProps {
  /** How it is asked; each has one path below the url: `/v1/messages`, `/v1/responses`, `/v1/chat/completions` */
  readonly api: ModelApi | readonly ModelApi[];
  /**
   * Whether its output counts as untrusted in itself. What a model was given is already marked at its source.
   *
   * @default false
   */
  readonly untrustedOutput?: boolean;
  readonly actions: Readonly<Record<K, ModelAction>>;
}
