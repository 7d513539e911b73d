/**
 * Where the names of the GenAI and MCP conventions were read, whose status is Development: they change. Those of HTTP, errors and
 * services are stable (open-telemetry/semantic-conventions 1.41.1).
 */
export const CONVENTIONS = {
  repository: "open-telemetry/semantic-conventions-genai",
  /** Commit of each document */
  read: {
    "docs/gen-ai/mcp.md": "0393513c908bf895e7b3ec480a2c1eb073c584af",
    "docs/gen-ai/gen-ai-agent-spans.md": "002c8a6ea1c8a42b14a4527db83b3cabcded610a",
    "model/gen-ai/metrics.yaml": "004902b8cb70aa5ae6ca4ae07132b7daabcd3e10",
    "model/mcp/metrics.yaml": "14567fad6858f82588325657c4bb262fafc885bd",
  },
} as const;

/** Names of attributes. No argument, result, token, person or prompt has one. */
export const ATTRIBUTES = {
  errorType: "error.type",
  httpMethod: "http.request.method",
  httpStatus: "http.response.status_code",
  httpRoute: "http.route",
  serviceName: "service.name",
  serviceNamespace: "service.namespace",
  mcpMethod: "mcp.method.name",
  operation: "gen_ai.operation.name",
  genAiAgent: "gen_ai.agent.name",
  genAiTool: "gen_ai.tool.name",
  /** Name of an agent */
  agent: "ambit.agent",
  /** Name of one of its tasks */
  task: "ambit.task",
  /** Name of a tool, or what stands for a delegate */
  tool: "ambit.tool",
  action: "ambit.action",
  /** Code of a reason (docs/decisions.md, docs/exchange.md) */
  reason: "ambit.reason",
  /** `succeeded`, `failed` or `unknown` */
  outcome: "ambit.outcome",
  /** Kind of an act of the exchange, such as `token.issued` */
  act: "ambit.act",
  /** Tokens that a model read, cached ones included, and wrote */
  tokensRead: "gen_ai.usage.input_tokens",
  tokensWritten: "gen_ai.usage.output_tokens",
  /** What was dropped: `traces` or `metrics` */
  signal: "ambit.signal",
} as const;

export type AttributeName = (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES];

/** Values of `gen_ai.operation.name` */
export const OPERATIONS = { call: "execute_tool", handOn: "invoke_agent", ask: "chat" } as const;

/** What stands for every value that is not declared (semantic-conventions, `error.type` and `http.request.method`) */
export const OTHER = "_OTHER";

export type MetricKind = "counter" | "gauge" | "histogram";

export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  /** UCUM */
  readonly unit: string;
  readonly what: string;
}

/** Names of metrics */
export const METRICS = {
  httpDuration: {
    name: "http.server.request.duration",
    kind: "histogram",
    unit: "s",
    what: "Requests to the exchange",
  },
  mcpDuration: {
    name: "mcp.server.operation.duration",
    kind: "histogram",
    unit: "s",
    what: "Messages to MCP servers, from the gateway's decision to their end",
  },
  toolDuration: {
    name: "gen_ai.execute_tool.duration",
    kind: "histogram",
    unit: "s",
    what: "Calls of tools, from the gateway's decision to their end",
  },
  calls: { name: "ambit.calls", kind: "counter", unit: "{call}", what: "Calls that went out, by how they ended" },
  grants: { name: "ambit.grants", kind: "counter", unit: "{grant}", what: "Runs, tokens and credentials given" },
  refusals: { name: "ambit.refusals", kind: "counter", unit: "{refusal}", what: "What was refused, by its reason" },
  approvalReplays: {
    name: "ambit.approval.replays",
    kind: "counter",
    unit: "{refusal}",
    what: "Approvals shown again, or for another request",
  },
  usesAfterRevocation: {
    name: "ambit.revocation.uses",
    kind: "counter",
    unit: "{refusal}",
    what: "Uses of what was stopped",
  },
  budgetUse: {
    name: "ambit.budget.use",
    kind: "histogram",
    unit: "1",
    what: "Share of a budget that is spent with the call that was decided on",
  },
  auditBacklogAge: {
    name: "ambit.audit.backlog.age",
    kind: "gauge",
    unit: "s",
    what: "Age of the oldest record that is not in the tree",
  },
  auditBacklogRecords: {
    name: "ambit.audit.backlog.records",
    kind: "gauge",
    unit: "{record}",
    what: "Records that are not in the tree",
  },
  auditWitnessAge: {
    name: "ambit.audit.witness.age",
    kind: "gauge",
    unit: "s",
    what: "For how long the log has records that too few witnesses have cosigned",
  },
  dropped: {
    name: "ambit.telemetry.dropped",
    kind: "counter",
    unit: "{item}",
    what: "Spans, and batches of metrics, that could not be sent",
  },
} as const satisfies Readonly<Record<string, Metric>>;

/**
 * Header in which companion, gateway and exchange pass one trace context. The agent's own `traceparent` is only linked
 * from it.
 */
export const TRACE_HEADER = "ambit-trace";
