import type { Refusal } from "../refusal/refusal";
import type { Registry } from "../registry/registry";
import type { AccessTokenClaims } from "./access-token";

/** Whose token it was that something was refused for: for the log alone, in the words of the token endpoint's lines */
export function aboutClaims(claims: AccessTokenClaims | undefined, registry: Registry): Refusal["about"] {
  if (claims === undefined) return {};
  const { client_id: spiffeId, task, txn, aud: audience } = claims;
  return { agent: nameOf(spiffeId, registry) ?? spiffeId, task, txn, audience };
}

/** Undefined without a registry, or if it does not declare the agent: the log line is written anyway. */
function nameOf(spiffeId: string, registry: Registry): string | undefined {
  try {
    return registry.current().agentOf(spiffeId)?.name;
  } catch {
    return undefined;
  }
}
