import { hash } from "node:crypto";
import type { Hop, User } from "../../domain";
import { canonicalJson, NoCanonicalForm } from "../canonical-json";
import type { Value } from "../json";
import { Refusal } from "../refusal/refusal";

/** What a person decides on, to the last argument */
export interface ExactRequest {
  /** SPIFFE ID */
  readonly agent: string;
  /** Delegators, the first one first */
  readonly chain: readonly Hop[];
  /** The run's user */
  readonly user: User | null;
  readonly task: string;
  readonly tool: string;
  readonly action: string;
  /** Host, with its port where it is not 443 */
  readonly destination: string;
  /** Parsed parameters of path, query and body; for MCP `params.arguments` */
  readonly arguments: { readonly [name: string]: Value };
}

/** Of the canonical form: larger requests cannot be decided */
const MOST_BYTES = 65_536;

/**
 * `sha256:` and 64 hex digits over the RFC 8785 form of the request.
 *
 * @throws Refusal `request.malformed` where it has no such form, `request.too-large`
 */
export function requestDigest(request: ExactRequest): string {
  const text = canonicalRequest(request);
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw Refusal.of("request.too-large", `what is to be approved must have at most ${MOST_BYTES} bytes of JSON`);
  }
  return `sha256:${hash("sha256", text, "hex")}`;
}

function canonicalRequest(request: ExactRequest): string {
  try {
    return canonicalJson(exactly(request));
  } catch (error) {
    if (error instanceof NoCanonicalForm) throw Refusal.of("request.malformed", error.message, { cause: error });
    throw error;
  }
}

/** These members and no other: hops and users that the exchange keeps say more. */
export function exactly({ agent, chain, user, task, tool, action, destination, arguments: args }: ExactRequest): {
  readonly [name: string]: Value;
} {
  return {
    agent,
    chain: chain.map((hop) => ({ spiffeId: hop.spiffeId, task: hop.task })),
    user: user === null ? null : { issuer: user.issuer, subject: user.subject },
    task,
    tool,
    action,
    destination,
    arguments: args,
  };
}
