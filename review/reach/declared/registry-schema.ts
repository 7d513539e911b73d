import { z } from "zod";
import {
  LIMITS,
  MODEL_APIS,
  MODEL_FEATURES,
  NOTICE_FORMATS,
  Sensitivity,
  type SensitivityName,
  STARTS,
} from "../../../domain";
import { REGISTRY_VERSIONS } from "../../../domain/registry/document";
import { ACTION, LABEL, TASK, whole } from "../../../domain/registry/names";
import { KIND, KINDS } from "../../../domain/registry/read";
import { MCP_CAPABILITIES } from "../../../domain/tool-props";
import type {
  Registry,
  RegistryAction,
  RegistryAgent,
  RegistryBudget,
  RegistryCard,
  RegistryDataset,
  RegistryEdge,
  RegistryTask,
  RegistryTool,
  RegistryWay,
} from "./registry";

const named = (pattern: string) => z.string().regex(whole(pattern));
const label = named(LABEL);
const text = z.string().min(1);
const seconds = z.int().min(1);
const moment = z.iso.datetime({ precision: 0 });

const LEVELS = Sensitivity.all.map(({ name }) => name) as [SensitivityName, ...SensitivityName[]];
const sensitivity = z.enum(LEVELS).transform((name) => Sensitivity.of(name, "registry"));
const kinds = z.array(z.enum(KINDS));
const touched = z.record(label, kinds);

const toolActions = z.array(named(`${LABEL}\\.${ACTION}`)).max(LIMITS.namedActions.ceiling);
const allowed = <T extends z.ZodType>(names: T) => z.union([z.literal("any"), names]);

const issuer = z.strictObject({ issuer: text, jwksUri: text, algorithms: z.array(text) });

const key = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: text,
  y: text,
  kid: text,
  alg: z.literal("ES256"),
  use: z.literal("sig"),
});

const starter = issuer.extend({
  jwksUri: text.optional(),
  starts: z.array(z.enum(["event", "schedule"])),
  kms: z.array(text).optional(),
  jwks: z.array(key).optional(),
  tasks: z.array(named(`${LABEL}\\.${TASK}`)).optional(),
  sources: z.array(named(`(dataset|tool):${LABEL}`)).optional(),
  outside: text.optional(),
});

const edge = z.strictObject({
  depth: z.int().min(1),
  actions: allowed(z.array(named(`${LABEL}\\.${ACTION}`))),
  data: allowed(z.array(named(`${LABEL}:${KIND}`))),
  sensitivity,
  ttlSeconds: seconds,
});

const budget = z.strictObject({
  limit: z.number().positive(),
  period: z.enum(["run", "session", "hour", "day"]),
  actions: toolActions.optional(),
  sumOf: text.optional(),
  counts: z.literal("tokens").optional(),
});

const task = z.strictObject({
  startedBy: z.array(z.enum(STARTS)),
  ttlSeconds: seconds,
  tools: z.record(label, z.array(named(ACTION))),
  data: touched,
  delegates: z.record(named(`${LABEL}\\.${TASK}`), edge),
  approval: z
    .strictObject({
      group: text,
      requestOpenSeconds: seconds,
      decisionGoodForSeconds: seconds,
      people: z.literal(2).optional(),
    })
    .optional(),
  budgets: z.array(budget).max(LIMITS.budgets.ceiling),
  orders: z
    .array(z.strictObject({ first: toolActions, then: toolActions, within: z.enum(["run", "session"]) }))
    .max(LIMITS.orders.ceiling),
  observe: z.strictObject({ until: moment, reason: z.string() }).optional(),
  cleanEvents: z.array(text).optional(),
  aws: z.strictObject({ role: text, sessionPolicy: z.string().optional() }).optional(),
});

const texts = z.array(z.string());

const card = z.strictObject({
  version: text,
  description: text.optional(),
  skills: z.record(named(TASK), z.strictObject({ name: text, description: text, tags: texts, examples: texts })),
  inputModes: texts,
  outputModes: texts,
  streaming: z.boolean(),
});

const way = z.strictObject({
  kind: z.enum(["a2a", "http"]),
  port: z.int().min(1),
  paths: z.array(text),
  tasks: z.array(named(TASK)),
  sensitivity,
  clearance: sensitivity,
  untrusted: z.boolean().optional(),
  host: text.optional(),
  card: card.optional(),
  bindings: z.array(z.enum(["HTTP+JSON", "JSONRPC"])).optional(),
  pushes: z.strictObject({ tool: label, action: named(ACTION) }).optional(),
});

const agent = z.strictObject({
  spiffeId: text,
  owner: text,
  secondOwner: text.optional(),
  purpose: z.string(),
  expires: moment,
  state: z.enum(["active", "suspended", "expired"]),
  workload: z.strictObject({ namespace: text, serviceAccount: text }),
  credentials: z.enum(["brokered", "oidc", "roles-anywhere"]),
  isolation: z.enum(["dedicated", "shared"]),
  risk: z.strictObject({ tier: text, score: z.number() }),
  longestCredentialSeconds: z.int().min(0),
  revocationHorizon: z.array(z.strictObject({ path: text, seconds: z.int().min(0), because: z.string() })),
  clients: z.array(text),
  memory: z.enum(["per-user", "shared"]).optional(),
  session: z.strictObject({ idleSeconds: seconds, totalSeconds: seconds }),
  tasks: z.record(named(TASK), task),
  serves: z.record(label, way).optional(),
  concurrency: z.enum(["many-users", "one-user"]).optional(),
  acknowledged: z
    .array(z.strictObject({ finding: text, hash: text, reason: text, owner: text, expires: text }))
    .optional(),
});

const match = z.union([
  z.strictObject({
    method: text,
    path: text,
    query: z.record(z.string(), z.unknown()).optional(),
    body: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({ tool: text }),
  z.strictObject({
    model: text,
    apis: z.array(z.enum(MODEL_APIS)),
    maxOutputTokens: z.int().min(1),
    allows: z.array(z.enum(MODEL_FEATURES)),
  }),
]);

const action = z.strictObject({
  impact: z.enum(["low", "high"]),
  writes: z.boolean(),
  outward: z.boolean(),
  outwardReason: z.string().optional(),
  touches: touched,
  match,
  pin: text.optional(),
  unpinned: z.strictObject({ reason: text }).optional(),
});

const tool = z.strictObject({
  kind: z.enum(["http", "mcp", "model"]),
  url: text,
  clearance: sensitivity,
  untrustedOutput: z.boolean(),
  capabilities: z.array(z.enum(MCP_CAPABILITIES)).optional(),
  actsAs: z.union([z.literal("user"), z.strictObject({ service: text, bind: z.record(z.string(), z.string()) })]),
  privateAddress: z.strictObject({ reason: text }).optional(),
  actions: z.record(named(ACTION), action),
});

const dataset = z.strictObject({
  kind: z.enum(["bucket", "table", "secret", "external"]),
  sensitivity,
  untrusted: z.boolean().optional(),
  account: text.optional(),
  key: text.optional(),
  bucket: text.optional(),
  prefix: z.string().optional(),
  secret: text.optional(),
  table: text.optional(),
  indexes: z.array(text).optional(),
  boundTo: z.enum(["agent", "user", "session"]).optional(),
});

const killSwitch = z.strictObject({ issuer: text, kms: z.array(text), jwks: z.array(key).optional() });

const notify = z.strictObject({ host: text, secret: text, format: z.enum(NOTICE_FORMATS) });

const people = issuer.extend({
  clientId: text,
  groupsClaim: text,
  recentLoginSeconds: seconds,
  operators: z.array(text),
  host: text.optional(),
  approvers: z.record(label, z.strictObject({ claim: text, clearance: sensitivity, notify: notify.optional() })),
});

/** All of `registry.json`, and nothing else: a reviewer must be able to rely on every key being understood. */
export const registrySchema = z.strictObject({
  version: z.enum(REGISTRY_VERSIONS),
  trustDomain: text,
  trust: z.strictObject({ issuers: z.array(issuer), starters: z.array(starter), killSwitch: killSwitch.optional() }),
  people: people.optional(),
  agents: z.record(label, agent),
  tools: z.record(label, tool),
  datasets: z.record(label, dataset),
});

/** Does not compile if the schema reads anything other than the registry type. One check each: TypeScript compares three levels deep. */
export type Read = [
  Same<Registry, typeof registrySchema>,
  Same<Registry["trust"]["starters"][number], typeof starter>,
  Same<NonNullable<Registry["people"]>, typeof people>,
  Same<RegistryAgent, typeof agent>,
  Same<RegistryTask, typeof task>,
  Same<RegistryEdge, typeof edge>,
  Same<RegistryBudget, typeof budget>,
  Same<RegistryTool, typeof tool>,
  Same<RegistryAction, typeof action>,
  Same<RegistryDataset, typeof dataset>,
  Same<RegistryWay, typeof way>,
  Same<RegistryCard, typeof card>,
];

type Same<Document, Schema extends z.ZodType & Alike<Document, Frozen<z.output<Schema>>>> = Schema;
/** Mutual assignability would still miss an optional key. */
type Alike<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? unknown : never;
type Frozen<T> = T extends Sensitivity ? T : unknown extends T ? T : { readonly [Key in keyof T]: Frozen<T[Key]> };
