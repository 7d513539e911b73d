import { z } from "zod";
import { LIMITS, REGISTRY_VERSION } from "../../domain";

const names = z.array(z.string().min(1));

const issuer = z.strictObject({
  issuer: z.url({ protocol: /^https$/ }),
  jwksUri: z.url({ protocol: /^https$/ }),
  algorithms: z.array(z.enum(["ES256", "ES384", "PS256", "RS256", "EdDSA"])).min(1),
});

const task = z.object({
  tools: z.record(z.string(), names),
  data: z.record(z.string(), names),
  approval: z
    .object({
      group: z.string().min(1),
      requestOpenSeconds: z.int().min(1).max(LIMITS.approvalRequest.ceiling.seconds),
      decisionGoodForSeconds: z.int().min(1).max(LIMITS.approvalDecision.ceiling.seconds),
    })
    .optional(),
  aws: z.object({ role: z.string().min(1), sessionPolicy: z.string().min(1).optional() }).optional(),
});

const tool = z.object({
  actsAs: z.union([z.literal("user"), z.object({ service: z.string().min(1) })]),
  untrustedOutput: z.boolean(),
  actions: z.record(z.string(), z.object({ touches: z.record(z.string(), names) })),
});

const dataset = z.object({
  kind: z.enum(["bucket", "table", "secret", "external"]),
  untrusted: z.boolean().optional(),
});

/** What the exchange reads of `registry.json` besides the policy document; the rest is for inventory and review. */
export const registrySchema = z.object({
  version: z.literal(REGISTRY_VERSION),
  trustDomain: z.string().min(1),
  trust: z.strictObject({
    issuers: z.array(issuer),
    starters: z.array(issuer.extend({ starts: z.array(z.enum(["event", "schedule"])).min(1) })),
  }),
  agents: z.record(
    z.string(),
    z.object({
      spiffeId: z.string().min(1),
      owner: z.string().min(1),
      credentials: z.enum(["brokered", "oidc", "roles-anywhere"]),
      clients: names,
      memory: z.enum(["per-user", "shared"]).optional(),
      tasks: z.record(z.string(), task),
    }),
  ),
  tools: z.record(z.string(), tool),
  datasets: z.record(z.string(), dataset),
});

export type RegistryDocument = z.infer<typeof registrySchema>;
export type RegistryAgent = RegistryDocument["agents"][string];
export type RegistryTask = z.infer<typeof task>;
