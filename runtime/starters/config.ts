import { z } from "zod";
import { readConfigJson } from "../checked-config";
import { endpoint, file, https, object, region, spiffeId, text } from "../config-values";

const schema = object({
  /** Name of the starter, which its log and the ids of its tokens have */
  name: text("the name of the starter"),
  start: z.enum(["event", "schedule"], { error: "must be event or schedule" }),
  /** What fills the queue: a rule of EventBridge, or buckets and topics. Left out for a schedule. */
  from: z.enum(["bus", "senders"], { error: "must be bus or senders" }).optional(),
  /** Claim `iss` of its tokens, as the registry has it */
  issuer: https,
  /** The exchange's issuer */
  audience: https,
  /** SPIFFE ID of the agent */
  agent: spiffeId,
  task: text("a task of the agent"),
  /** Where the agent is asked, at the gateway */
  address: https,
  method: z.enum(["POST", "PUT"], { error: "must be POST or PUT" }),
  /** What a schedule sends; an event sends itself */
  body: z.unknown().optional(),
  /** Alias of the key that signs, in KMS */
  key: text("the alias of a key in KMS"),
  region,
  /** For another address of KMS than the region's */
  kmsEndpoint: endpoint.optional(),
  /** Of the gateway's certificate, where what Node trusts is not enough */
  ca: file("a CA certificate in PEM").optional(),
}).readonly();

export type StarterConfig = z.infer<typeof schema>;

/** @throws ConfigError */
export function readStarterConfig(json: string | undefined): StarterConfig {
  return readConfigJson(schema, json);
}
