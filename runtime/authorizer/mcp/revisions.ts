import type { McpCapability } from "../../../domain";

/** Revisions of MCP that are served; older ones are refused by name. */
export const REVISIONS = ["2026-07-28", "2025-11-25"] as const;
export type Revision = (typeof REVISIONS)[number];

/** The one without sessions, whose requests say all of themselves */
export const STATELESS: Revision = "2026-07-28";
export const WITH_SESSIONS: Revision = "2025-11-25";

export interface McpMethod {
  readonly in: readonly Revision[];
  /** Without it declared, the method is refused. */
  readonly needs?: McpCapability;
  /** Member of `params` that names what is asked for; the header `Mcp-Name` repeats it */
  readonly name?: "name" | "taskId" | "uri";
}

const BOTH = REVISIONS;
const NEW = [STATELESS] as const;
const OLD = [WITH_SESSIONS] as const;

/** What a client may ask. Every other method is refused: what it would do is not known. */
export const REQUESTS: Readonly<Record<string, McpMethod>> = {
  "completion/complete": { in: BOTH, needs: "completions" },
  initialize: { in: OLD },
  "logging/setLevel": { in: OLD, needs: "logging" },
  ping: { in: OLD },
  "prompts/get": { in: BOTH, needs: "prompts", name: "name" },
  "prompts/list": { in: BOTH, needs: "prompts" },
  "resources/list": { in: BOTH, needs: "resources" },
  "resources/read": { in: BOTH, needs: "resources", name: "uri" },
  "resources/subscribe": { in: OLD, needs: "subscriptions" },
  "resources/templates/list": { in: BOTH, needs: "resources" },
  "resources/unsubscribe": { in: OLD, needs: "subscriptions" },
  "server/discover": { in: NEW },
  "subscriptions/listen": { in: NEW, needs: "subscriptions" },
  "tasks/cancel": { in: BOTH, needs: "tasks", name: "taskId" },
  "tasks/get": { in: BOTH, needs: "tasks", name: "taskId" },
  "tasks/list": { in: OLD, needs: "tasks" },
  "tasks/result": { in: OLD, needs: "tasks", name: "taskId" },
  "tasks/update": { in: NEW, needs: "tasks", name: "taskId" },
  "tools/call": { in: BOTH, name: "name" },
  "tools/list": { in: BOTH },
};

/** What a client may tell */
export const NOTIFICATIONS: Readonly<Record<string, McpMethod>> = {
  "notifications/cancelled": { in: BOTH },
  "notifications/initialized": { in: OLD },
  "notifications/progress": { in: OLD },
  "notifications/roots/list_changed": { in: OLD, needs: "roots" },
};

/** What a server may ask, of 2025-11-25; in 2026-07-28 the first three stand within results. */
export const SERVER_REQUESTS: Readonly<Record<string, McpCapability | undefined>> = {
  "elicitation/create": "elicitation",
  "roots/list": "roots",
  "sampling/createMessage": "sampling",
  ping: undefined,
};

/** What a server may tell */
export const SERVER_NOTIFICATIONS: Readonly<Record<string, McpCapability | undefined>> = {
  "notifications/cancelled": undefined,
  "notifications/elicitation/complete": "elicitation",
  "notifications/message": "logging",
  "notifications/progress": undefined,
  "notifications/prompts/list_changed": "prompts",
  "notifications/resources/list_changed": "resources",
  "notifications/resources/updated": "resources",
  "notifications/subscriptions/acknowledged": "subscriptions",
  "notifications/tasks": "tasks",
  "notifications/tasks/status": "tasks",
  "notifications/tools/list_changed": undefined,
};

/** Server capabilities that need a declared capability of the client; others pass unchanged. */
export const SERVER_CAPABILITIES: Readonly<Record<string, McpCapability>> = {
  completions: "completions",
  logging: "logging",
  prompts: "prompts",
  resources: "resources",
  tasks: "tasks",
};
