import { z } from "zod";
import {
  AGENTCORE_NAME,
  isCredentialHeader,
  isSubjectTemplate,
  KEY_PREFIX,
  SCOPE,
  SCOPE_TOKEN,
  SECRET_ARN,
  sharedSubjects,
} from "../../domain";
import { LABEL, whole } from "../../domain/registry/names";
import { endpoint, file, fits, https, object, region, text } from "../config-values";

const NAME = whole(LABEL);

export const scope = fits(SCOPE, "scopes, parted by single spaces");
export const secret = fits(
  SECRET_ARN,
  "the ARN of a secret, such as arn:aws:secretsmanager:eu-central-1:111122223333:secret:name-AbCdEf",
);
const header = fits(isCredentialHeader, "the name of a header that a credential is sent in, such as x-api-key");
const prefix = fits(KEY_PREFIX, "at most 64 visible characters of ASCII, such as Bearer");
const name = fits(AGENTCORE_NAME, "a name of AgentCore Identity");

export const client = z.union(
  [
    object({ id: text("the client's id"), secret }),
    object({ id: text("the client's id"), key: z.literal("exchange", { error: 'must be "exchange"' }) }),
  ],
  { error: 'must be an object of id and secret (its ARN), or of id and key: "exchange"' },
);

const templates = z
  .record(https, fits(isSubjectTemplate, "a text with {sub} in it once"), {
    error: 'must be "sub", or a text with {sub} in it by the issuer of the users',
  })
  .superRefine((value, context) => {
    const shared = sharedSubjects(value);
    if (shared === undefined) return;
    const what = "must tell the users of each issuer apart: let the texts begin or end in different ways";
    context.addIssue({ code: "custom", message: `${what} for ${shared.join(" and ")}` });
  });
const subject = z.union([z.literal("sub"), templates], {
  error: 'must be "sub", or a text with {sub} in it by the issuer of the users, none of which could be another\'s',
});

const grant = { tokenEndpoint: https, audience: https, scope: scope.optional(), client, subject: subject.optional() };

const agentcore = object({
  kind: z.literal("agentcore"),
  workload: name,
  provider: name,
  credential: z.enum(["api-key", "oauth"], { error: 'must be "api-key" or "oauth"' }),
  scopes: z.array(fits(SCOPE_TOKEN, "a scope"), { error: "must be an array of scopes" }).optional(),
  header: header.optional(),
  prefix: prefix.optional(),
  region,
}).superRefine(({ credential, ...rest }, context) => {
  const others = credential === "oauth" ? (["header", "prefix"] as const) : (["scopes"] as const);
  const odd = others.find((member) => rest[member] !== undefined);
  if (odd !== undefined)
    context.addIssue({ code: "custom", path: [odd], message: `is not for ${credential}: leave it out` });
  if (credential === "api-key" && rest.header === undefined) {
    context.addIssue({
      code: "custom",
      path: ["header"],
      message: "must be the name of the header that the key is sent in",
    });
  }
});

const ofUser = agentcore.refine(({ credential }) => credential === "oauth", {
  path: ["credential"],
  error: 'must be "oauth" for a tool that acts as the user: an API key belongs to no user',
});

function kinds<T extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]>(
  names: readonly string[],
  options: T,
) {
  const error = `must be one of ${names.join(", ")}`;
  return z.discriminatedUnion("kind", options, {
    error: ({ input }) => (typeof input === "object" && input !== null ? error : "must be an object with a kind"),
  });
}

const userIdentity = kinds(
  ["chained", "token-exchange", "agentcore"],
  [object({ kind: z.literal("chained"), ...grant }), object({ kind: z.literal("token-exchange"), ...grant }), ofUser],
);

const serviceCredential = kinds(
  ["client-credentials", "api-key", "agentcore"],
  [
    object({
      kind: z.literal("client-credentials"),
      tokenEndpoint: https,
      scope: scope.optional(),
      audience: text("an audience").optional(),
      client,
    }),
    object({
      kind: z.literal("api-key"),
      secret,
      member: text("the name of a member of the secret").optional(),
      header,
      prefix: prefix.optional(),
    }),
    agentcore,
  ],
);

function named<T extends z.ZodType>(of: string, type: T) {
  return z.record(fits(NAME, `the name of ${of}`), type, { error: `must be an object by the name of ${of}` });
}

/** What tools are called with */
export const outboundSchema = object({
  /** For authorization servers whose certificates Node does not trust by itself */
  ca: file("a CA certificate in PEM").optional(),
  /** Another address of Secrets Manager, for emulators */
  secretsEndpoint: endpoint.optional(),
  /** Another address of AgentCore, for emulators */
  agentCoreEndpoint: endpoint.optional(),
  tools: named("a tool", userIdentity),
  services: named("a service that tools act as", serviceCredential),
}).readonly();

export type OutboundConfig = z.infer<typeof outboundSchema>;
