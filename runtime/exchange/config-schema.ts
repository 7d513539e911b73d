import { z } from "zod";
import {
  endpoint,
  file,
  https,
  object,
  oneOf,
  origin,
  region,
  spiffeId,
  table,
  text,
  trustDomain,
  wholeFrom1,
} from "../config-values";
import { outboundSchema } from "../outbound/outbound-schema";
import { registryConfig } from "../registry/registry-config";
import { telemetryConfig } from "../telemetry/telemetry-config";
import { identityConfig } from "../workload-api/identity-config";
import { auditLogSchema } from "./audit-log-config";
import { signalsSchema } from "./signals/signals-schema";

const LAST_PORT = 65_535;
/** Open files per process on Linux by default (fs.nr_open) */
const MOST_CONNECTIONS = 1_048_576;

interface Stores {
  readonly store: { readonly dynamodb?: { readonly table: string } | undefined };
  readonly persons?: { readonly dynamodb?: { readonly table: string } | undefined } | undefined;
}

/** What is wrong with where the keys of persons are: in backups of the state an erased person would be found again. */
export function personsProblem({ store: { dynamodb: state }, persons }: Stores): string | undefined {
  const own = "a table of its own, without point-in-time recovery, such as ambit-prod-person-keys";
  if (state === undefined) return undefined;
  if (persons === undefined) return `must be there beside store.dynamodb: name ${own}`;
  return persons.dynamodb?.table === state.table ? `must name another table than store.dynamodb: ${own}` : undefined;
}

const spiffeIds = z.array(spiffeId, { error: "must be an array of SPIFFE IDs" }).readonly();

/** Configuration of an exchange on every platform */
export const COMMON = {
  /** Claim `iss` of its tokens, and what its addresses begin with */
  issuer: origin,
  trustDomain,
  /** Where the keys of JWT-SVIDs are published: SPIRE's OIDC discovery provider */
  jwtSvid: object({
    jwksUri: https,
    /** Without it, what Node trusts */
    ca: file("a CA certificate in PEM").optional(),
  }),
  store: oneOf({
    /** Forgets everything when the process ends */
    memory: object({}),
    level: object({ folder: file("a folder") }),
    dynamodb: table,
  }),
  /**
   * Keys of persons, by which records name them; a table without backups. Where it is left out, beside a store that is no table:
   * in memory, or in the folder `person-keys` of the store's
   */
  persons: oneOf({
    memory: object({}),
    level: object({ folder: file("a folder") }),
    dynamodb: table,
  }).optional(),
  registry: registryConfig,
  /** The first one signs; the others are published, before they sign or while their tokens live */
  signingKeys: z
    .array(
      oneOf({
        kms: text("the ARN of a key in KMS"),
        file: file("a private key on P-256 in PEM"),
      }),
      { error: "must be an array of keys" },
    )
    .min(1, { error: "must have at least one key" })
    .readonly(),
  services: object({
    /** Who may introspect any token */
    introspect: spiffeIds,
    /** Who may use the state interface: the authorizer */
    state: spiffeIds,
    /** Who may get transaction tokens: the gateway, and services that pass work on */
    transaction: spiffeIds.optional(),
    /** Who may get what tools are called with: the gateway */
    outbound: spiffeIds.optional(),
  }),
  /** Without it no AWS credentials are issued */
  aws: object({ region, stsEndpoint: endpoint.optional() }).optional(),
  /** For the keys of users' issuers and starters, where what Node trusts is not enough */
  userKeys: object({ ca: file("a CA certificate in PEM") }).optional(),
  /** Issuers of users that tell when logins have ended; without it evidence is good until it expires */
  signals: signalsSchema.optional(),
  /** Credentials for tools; without it the exchange issues none */
  outbound: outboundSchema.optional(),
};

const listen = object({
  host: text("the address to listen at, such as 0.0.0.0"),
  /** 0 for any free one */
  port: z
    .int({ error: `must be a whole number from 0 to ${LAST_PORT}` })
    .min(0, { error: `must be a whole number from 0 to ${LAST_PORT}` })
    .max(LAST_PORT, { error: `must be a whole number from 0 to ${LAST_PORT}` }),
});

/** Of a process that serves by itself */
export const configSchema = object({
  ...COMMON,
  listen,
  /** Where people decide on approvals in a browser; its host and who people are stand in the registry. Without it no page is served */
  approverPage: object({
    listen,
    /** Of the page's host, read again when the files change */
    tls: object({
      certificate: file("a certificate with its intermediates in PEM"),
      key: file("its private key in PEM"),
    }),
  }).optional(),
  /** The publicly verifiable log; without it audit records stay in the store alone */
  audit: auditLogSchema.optional(),
  /** For clients that come by an address that they share, such as that of a load balancer, or are very many */
  connections: object({
    /** At once; 2,000 where it is left out */
    most: wholeFrom1(MOST_CONNECTIONS).optional(),
    /** At once, of one remote address; 128 where it is left out */
    perAddress: wholeFrom1(MOST_CONNECTIONS).optional(),
  }).optional(),
  /** Where traces and metrics go; without it, telemetry is off */
  telemetry: telemetryConfig.optional(),
  /** Its own SVID and the trust bundle: from the Workload API, or from files that are read again when they change */
  tls: identityConfig,
})
  .superRefine(({ store, persons }, context) => {
    const message = personsProblem({ store, persons });
    if (message !== undefined) context.addIssue({ code: "custom", path: ["persons"], message });
  })
  .superRefine(({ signals = [], approverPage }, context) => {
    const pushing = signals.findIndex(({ push }) => push !== undefined);
    if (pushing === -1 || approverPage !== undefined) return;
    const message = "must not be there without approverPage: security events are pushed to the listener of the page";
    context.addIssue({ code: "custom", path: ["signals", pushing, "push"], message });
  })
  .readonly();

export type ConfigOf = z.infer<typeof configSchema>;
