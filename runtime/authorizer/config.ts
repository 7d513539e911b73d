import { z } from "zod";
import { readConfigFile } from "../checked-config";
import { https, object, oneOf, origin, spiffeId, text, trustDomain, wholeFrom1 } from "../config-values";
import { registryConfig } from "../registry/registry-config";
import { telemetryConfig } from "../telemetry/telemetry-config";
import { identityConfig } from "../workload-api/identity-config";

/** What {@link IntentEvaluator} takes at most */
const MOST_INTENT_MILLISECONDS = 10_000;

/** Envoy waits no longer for the whole answer */
const MOST_OPA_MILLISECONDS = 10_000;

const authorizerSchema = object({
  trustDomain,
  /** Claim `iss` of the exchange's tokens */
  issuer: origin,
  exchange: object({
    /** Where it is reached */
    url: https,
    /** SPIFFE ID that it must show; `/ns/ambit-system/sa/ambit-exchange` in the trust domain where it is left out */
    spiffeId: spiffeId.optional(),
  }),
  /** Path of the Unix socket at which Envoy asks */
  socket: text("the path of a Unix socket"),
  registry: registryConfig,
  /** Which engine decides: Cedar in this process, where it is left out */
  engine: oneOf({
    cedar: object({}),
    /** OPA in the same pod, at its Unix socket */
    opa: object({
      socket: text("the path of OPA's Unix socket"),
      /** Milliseconds for one decision; 2,000 where it is left out. Many calls of one moment wait for each other. */
      timeoutMs: wholeFrom1(MOST_OPA_MILLISECONDS).optional(),
    }),
  }).optional(),
  /** Intent evaluator, asked for every call; without it, calls that require a verdict are denied */
  intent: object({
    url: https,
    timeoutMs: wholeFrom1(MOST_INTENT_MILLISECONDS).optional(),
    /** Whether it gets the arguments, which may hold personal data; false if left out */
    arguments: z.boolean({ error: "must be true or false" }).optional(),
  }).optional(),
  /** `<address>:<port>` of the servers that tools' names are looked up at; those of the machine where it is left out */
  nameServers: z.array(text("the address and port of a name server")).min(1).readonly().optional(),
  /** Path of authorities in PEM that MCP servers' certificates are verified with; the public ones where it is left out */
  authorities: text("the path of authorities in PEM").optional(),
  /** How agents that serve are reached */
  agents: object({
    /** Domain below which users reach agents; left out if no one calls from outside */
    usersDomain: text("a domain").optional(),
    /** Of the names of Kubernetes services; `cluster.local` where it is left out */
    clusterDomain: text("a domain").optional(),
  }).optional(),
  /** Listeners in a pod: for the kubelet's probes, and for draining Envoy */
  pod: object({
    listen: object({ host: text("an address to listen at"), port: wholeFrom1(65_535) }),
    /** Path of the Unix socket of Envoy's administration */
    admin: text("the path of a Unix socket"),
    /** How long it goes on answering after it was told to end: Envoy's `--drain-time-s` */
    drainSeconds: wholeFrom1(600),
  }).optional(),
  /** Where traces and metrics go; without it, telemetry is off */
  telemetry: telemetryConfig.optional(),
  /** Its own SVID: from the Workload API, or from files that are read again when they change */
  tls: identityConfig,
}).readonly();

/** Configuration of the authorizer, from one JSON file */
export type AuthorizerConfig = z.infer<typeof authorizerSchema>;

/** @throws ConfigError */
export function readAuthorizerConfig(path: string | undefined): AuthorizerConfig {
  return readConfigFile(authorizerSchema, path);
}
