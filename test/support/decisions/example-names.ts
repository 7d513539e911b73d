import { NOON } from "./edit";
import { examplePolicy } from "./policy";

/** What stands in the example's policy document, and a few names that do not: what generated requests are made of */
const agents = Object.entries(examplePolicy.agents);
const tasks = agents.flatMap(([, agent]) => Object.entries(agent.tasks));
const tools = Object.entries(examplePolicy.tools);

/** Names that every object inherits */
const INHERITED = ["constructor", "__proto__"];

export const SPIFFE_IDS = [...agents.map(([id]) => id), "spiffe://prod.acme.example/ns/default/sa/stranger"];
export const AGENTS = [...agents.map(([, { name }]) => name), "stranger"];
export const TASKS = [...new Set(tasks.map(([name]) => name)), ...INHERITED];
export const HOPS = agents.flatMap(([spiffeId, agent]) => Object.keys(agent.tasks).map((task) => ({ spiffeId, task })));
export const TOOLS = [...tools.map(([name]) => name), ...INHERITED];
export const TOOL_ACTIONS = tools.flatMap(([tool, { actions }]) =>
  Object.keys(actions).map((name) => `${tool}.${name}`),
);
export const ACTIONS = [...new Set(TOOL_ACTIONS.map((name) => name.split(".")[1] as string)), ...INHERITED];
export const DESTINATIONS = [
  ...tools.map(([, { destination }]) => destination),
  "acme.zendesk.com:8443",
  "evil.example",
];
export const AUDIENCES = ["aws", "exchange", "run", ...TOOLS.map((tool) => `tool:${tool}`), "tool:", "zendesk"];
export const DATASETS = [...Object.keys(examplePolicy.datasets), "invoices"];
export const DATA = [
  ...DATASETS.flatMap((dataset) => ["read", "write", "list", "delete"].map((kind) => `${dataset}:${kind}`)),
  ...["tickets", "write", "tickets:", ":write", "tickets:read:write", "__proto__:read"],
];
export const BUDGETS = [...new Set(tasks.flatMap(([, { budgets }]) => Object.keys(budgets)))];
/** By delegate, as edges name them */
export const DELEGATES = agents.flatMap(([, { name, tasks }]) => Object.keys(tasks).map((task) => `${name}.${task}`));
export const GROUPS = ["support-leads", "finance-controllers"];
export const RANKED = ["public", "internal", "confidential", "restricted"] as const;
export const DIGESTS = ["1", "2"].map((digit) => `sha256:${digit.repeat(64)}`);
export const USERS = [
  { issuer: "https://login.acme.example", subject: "ida" },
  { issuer: "https://login.acme.example", subject: "leo" },
  { issuer: "https://login.partner.example", subject: "ida" },
];

/** Times around the ends and beginnings that the bases and the example's limits make */
export const TIMES = {
  now: times(-3600, -1, 1, 60, 179, 180, 239, 240, 241, 780, 1680, 1681, 25_200, 90 * 86_400, 250 * 86_400),
  runStart: times(-2821, -2820, -901, -421, -420, -121, -120, -119, 0, 60, 61, 600),
  runEnd: times(-1, 0, 1, 179, 180, 181, 239, 240, 241, 480, 481, 780, 781, 2580, 2581),
  sessionStart: times(-28_801, -28_800, -28_799, -7200, -7199, 0, 60, 61),
  lastUse: times(-1801, -1800, -1799, -900, -899, 0, 60, 61),
  tokenEnd: times(-1, 0, 1, 180, 181, 240, 299, 300, 301, 780),
  approvalEnd: times(-1, 0, 1, 600),
  end: times(-86_400, -1, 0, 1, 86_400),
} as const;

function times(...offsets: readonly number[]): readonly number[] {
  return offsets.map((offset) => NOON + offset);
}
