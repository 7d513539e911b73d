import { z } from "zod";
import { endpoint, file, fits, https, object, oneOf, parsed, region, text, wholeFrom1 } from "../config-values";
import { outboundSchema } from "../outbound/outbound-schema";
import { SOCKET_ADDRESS, socketPathIn } from "../workload-api/socket-path";

/** SPIFFE ID section 2: lower case letters, digits, dots, dashes and underscores */
const TRUST_DOMAIN = /^[a-z0-9._-]{1,255}$/;
const LAST_PORT = 65_535;
/** Files that one process may have open on Linux where nobody raises it further (fs.nr_open) */
const MOST_CONNECTIONS = 1_048_576;

/** Nothing after the host and its port: RFC 8414 would move a path, and a proof's `htu` is made from it. */
const origin = fits((value) => {
  const url = parsed(value);
  return url?.protocol === "https:" && url.origin === value;
}, "an https origin without path and slash, such as https://exchange.example");

const table = object({ table: text("the name of a table"), region, endpoint: endpoint.optional() });
const spiffeIds = z
  .array(
    fits(/^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)+$/, "a SPIFFE ID, such as spiffe://prod.example/ns/a/sa/b"),
    { error: "must be an array of SPIFFE IDs" },
  )
  .readonly();

/** What an exchange is told wherever it runs */
export const COMMON = {
  /** Claim `iss` of its tokens, and what its addresses begin with */
  issuer: origin,
  trustDomain: fits(TRUST_DOMAIN, "a SPIFFE trust domain, such as prod.example"),
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
  registry: object({
    from: oneOf({ file: file("the signed registry"), dynamodb: table }),
    /** Paths of PEM, or the PEM itself: any of them may have signed it */
    publicKeys: z
      .array(file("a public key in PEM"), { error: "must be an array of paths" })
      .min(1, { error: "must name at least one key" })
      .readonly(),
    scope: text("the scope that the registry was signed with, such as prod"),
  }),
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
  /** What tools are called with; without it nothing is given */
  outbound: outboundSchema.optional(),
};

/** Of a process that serves by itself */
export const configSchema = object({
  ...COMMON,
  listen: object({
    host: text("the address to listen at, such as 0.0.0.0"),
    /** 0 for any free one */
    port: z
      .int({ error: `must be a whole number from 0 to ${LAST_PORT}` })
      .min(0, { error: `must be a whole number from 0 to ${LAST_PORT}` })
      .max(LAST_PORT, { error: `must be a whole number from 0 to ${LAST_PORT}` }),
  }),
  /** For clients that come by an address that they share, such as that of a load balancer, or are very many */
  connections: object({
    /** At once; 2,000 where it is left out */
    most: wholeFrom1(MOST_CONNECTIONS).optional(),
    /** At once, of one remote address; 128 where it is left out */
    perAddress: wholeFrom1(MOST_CONNECTIONS).optional(),
  }).optional(),
  /** Its own SVID and the trust bundle: from the Workload API, or from files that are read again when they change */
  tls: oneOf({
    workloadApi: fits(
      (value) => socketPathIn(value) !== undefined,
      `the address of a Workload API's socket, ${SOCKET_ADDRESS}`,
    ),
    files: object({
      certificate: file("a certificate with its intermediates in PEM"),
      key: file("its private key in PEM"),
      bundle: file("the trust bundle in PEM"),
    }),
  }),
}).readonly();

export type ConfigOf = z.infer<typeof configSchema>;
