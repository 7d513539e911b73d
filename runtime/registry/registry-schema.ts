import { z } from "zod";
import { STARTER_STARTS } from "../../domain/rules/starts";
import {
  type AwsAccess,
  LIMITS,
  NOTICE_FORMATS,
  NOTICE_HOST,
  type RegistryDocument,
  type RegistryIssuer,
  type RegistryPeople,
  type RegistryStarter,
  type RegistryTrust,
  SECRET_ARN,
  Sensitivity,
  type SensitivityName,
} from "../../domain";
import type * as Document from "../../domain/registry/document";
import type * as Ways from "../../domain/registry/ways";
import { REGISTRY_VERSIONS } from "../../domain/registry/document";
import { MCP_CAPABILITIES, MODEL_APIS, MODEL_FEATURES } from "../../domain/tool-props";

/** No key but those of the document, so that one that is renamed there is not looked for here in vain */
type Some<T> = { readonly [Key in keyof T]?: z.ZodType };

const LEVELS = Sensitivity.all.map(({ name }) => name) as [SensitivityName, ...SensitivityName[]];
const names = z.array(z.string().min(1));

const issuer = z.strictObject({
  issuer: z.url({ protocol: /^https$/ }),
  jwksUri: z.url({ protocol: /^https$/ }),
  algorithms: z.array(z.enum(["ES256", "ES384", "PS256", "RS256", "EdDSA"])).min(1),
} satisfies Some<RegistryIssuer>);

const starts = z.array(z.enum(STARTER_STARTS)).min(1);

/** As the publisher read it from KMS; whether it is a key is asked when a token is verified. */
const key = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string().min(1),
  y: z.string().min(1),
  kid: z.string().min(1),
  alg: z.literal("ES256"),
  use: z.literal("sig"),
} satisfies Some<Document.PublishedKey>);

const starter = issuer.extend({
  jwksUri: issuer.shape.jwksUri.optional(),
  starts,
  kms: names.min(1).optional(),
  jwks: z.array(key).optional(),
  tasks: names.optional(),
  sources: names.optional(),
  outside: z.string().min(1).optional(),
} satisfies Some<RegistryStarter>);

const trust = z.strictObject({
  issuers: z.array(issuer),
  starters: z.array(starter),
  killSwitch: z
    .strictObject({
      issuer: z.url({ protocol: /^https$/ }),
      kms: names.min(1),
      jwks: z.array(key).optional(),
    } satisfies Some<Document.RegistryKillSwitch>)
    .optional(),
}) satisfies z.ZodType<RegistryTrust>;

const level = z.enum(LEVELS);

const notify = z.strictObject({
  host: z.string().regex(NOTICE_HOST),
  secret: z.string().regex(SECRET_ARN),
  format: z.enum(NOTICE_FORMATS),
});

const people = issuer.extend({
  clientId: z.string().min(1),
  groupsClaim: z.string().min(1),
  recentLoginSeconds: z.int().min(1).max(LIMITS.recentLogin.ceiling.seconds),
  operators: names,
  host: z.string().min(1).optional(),
  approvers: z.record(
    z.string(),
    z.strictObject({ claim: z.string().min(1), clearance: level, notify: notify.optional() }),
  ),
} satisfies Some<RegistryPeople>);

const task = z.object({
  tools: z.record(z.string(), names),
  data: z.record(z.string(), names),
  approval: z
    .object({
      group: z.string().min(1),
      requestOpenSeconds: z.int().min(1).max(LIMITS.approvalRequest.ceiling.seconds),
      decisionGoodForSeconds: z.int().min(1).max(LIMITS.approvalDecision.ceiling.seconds),
      people: z.literal(2).optional(),
    })
    .optional(),
  cleanEvents: names.optional(),
  aws: z
    .object({
      role: z.string().min(1),
      sessionPolicy: z.string().min(1).optional(),
    } satisfies Some<AwsAccess>)
    .optional(),
} satisfies Some<Document.RegistryTask>);

const card = z.object({
  version: z.string(),
  description: z.string().optional(),
  skills: z.record(
    z.string(),
    z.object({ name: z.string(), description: z.string(), tags: z.array(z.string()), examples: z.array(z.string()) }),
  ),
  inputModes: z.array(z.string()),
  outputModes: z.array(z.string()),
  streaming: z.boolean(),
} satisfies Some<Ways.RegistryCard>);

const way = z.object({
  kind: z.enum(["a2a", "http"]),
  port: z.int().min(1).max(65_535),
  paths: names,
  tasks: names,
  sensitivity: level,
  clearance: level,
  untrusted: z.boolean().optional(),
  host: z.string().min(1).optional(),
  card: card.optional(),
  bindings: z
    .array(z.enum(["HTTP+JSON", "JSONRPC"]))
    .min(1)
    .optional(),
  pushes: z
    .object({
      tool: z.string().min(1),
      action: z.string().min(1),
    } satisfies Some<Ways.RegistryPushes>)
    .optional(),
} satisfies Some<Ways.RegistryWay>);

const agent = z.object({
  // Envoy takes a list of them by commas.
  spiffeId: z.string().regex(/^spiffe:\/\/[^,\s]+$/),
  owner: z.string().min(1),
  secondOwner: z.string().min(1).optional(),
  purpose: z.string().min(1),
  workload: z.object({ namespace: z.string().min(1) }),
  credentials: z.enum(["brokered", "oidc", "roles-anywhere"]),
  revocationHorizon: z.array(z.object({ path: z.string(), seconds: z.int().min(0), because: z.string() })).optional(),
  clients: names,
  memory: z.enum(["per-user", "shared"]).optional(),
  tasks: z.record(z.string(), task),
  serves: z.record(z.string(), way).optional(),
  concurrency: z.enum(["many-users", "one-user"]).optional(),
} satisfies Some<Document.RegistryAgent>);

const schema = z.record(z.string(), z.unknown());

const match = z.union([
  z.object({
    method: z.string().min(1),
    path: z.string().startsWith("/"),
    query: schema.optional(),
    body: schema.optional(),
  } satisfies Some<Extract<Document.RegistryMatch, { method: string }>>),
  z.object({ tool: z.string().min(1) }),
  z.object({
    model: z.string().min(1),
    apis: z.array(z.enum(MODEL_APIS)),
    maxOutputTokens: z.int().min(1),
    allows: z.array(z.enum(MODEL_FEATURES)),
  }),
]);

const action = z.object({
  touches: z.record(z.string(), names),
  match,
  pin: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
} satisfies Some<Document.RegistryAction>);

const tool = z.object({
  kind: z.enum(["http", "mcp", "model"]),
  url: z.url({ protocol: /^https$/ }),
  privateAddress: z.object({ reason: z.string().min(1) }).optional(),
  actsAs: z.union([
    z.literal("user"),
    z.object({ service: z.string().min(1), bind: z.record(z.string(), z.string().min(1)) }),
  ]),
  untrustedOutput: z.boolean(),
  capabilities: z.array(z.enum(MCP_CAPABILITIES)).optional(),
  actions: z.record(z.string(), action),
} satisfies Some<Document.RegistryTool>);

const dataset = z.object({
  kind: z.enum(["bucket", "table", "secret", "external"]),
  untrusted: z.boolean().optional(),
} satisfies Some<Document.RegistryDataset>);

/** What the exchange reads of `registry.json` besides the policy document; the rest is for inventory and review. */
export const registrySchema = z.object({
  version: z.enum(REGISTRY_VERSIONS),
  trustDomain: z.string().min(1),
  trust,
  people: people.optional(),
  agents: z.record(z.string(), agent),
  tools: z.record(z.string(), tool),
  datasets: z.record(z.string(), dataset),
} satisfies Some<RegistryDocument>);

export type ExchangeRegistry = z.infer<typeof registrySchema>;
export type RegistryAgent = z.infer<typeof agent>;
export type RegistryTask = z.infer<typeof task>;

/** Does not compile where the document may hold what is not read. Of `trust` and `people` the algorithms may. */
export type Read = [
  PartOf<Document.RegistryStarter["starts"], z.infer<typeof starts>>,
  PartOf<Omit<RegistryPeople, "algorithms">, Omit<z.infer<typeof people>, "algorithms">>,
  PartOf<Document.RegistryAgent, RegistryAgent>,
  PartOf<Document.RegistryTask, RegistryTask>,
  PartOf<Document.RegistryTool, z.infer<typeof tool>>,
  PartOf<Document.RegistryAction, z.infer<typeof action>>,
  PartOf<Document.RegistryDataset, z.infer<typeof dataset>>,
  PartOf<Ways.RegistryWay, z.infer<typeof way>>,
];

type PartOf<_ extends Frozen<Part>, Part> = Part;
type Frozen<T> = unknown extends T ? T : { readonly [Key in keyof T]: Frozen<T[Key]> };
