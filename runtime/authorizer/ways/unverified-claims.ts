import { strictJson } from "../../jose/json";

interface Claims {
  readonly scope?: unknown;
  readonly task?: unknown;
}

const JWS = /^[A-Za-z0-9_-]+\.(?<payload>[A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*$/;

/**
 * Tasks of the agent that an unverified token claims to start: they select a way in, and prove nothing. An unreadable
 * token claims none.
 */
export function tasksNamedIn(token: string, agent: string): readonly string[] {
  const { scope, task } = claimsIn(token);
  const prefix = `ambit:${agent}:`;
  const scoped = typeof scope === "string" ? scope.split(" ").filter((each) => each.startsWith(prefix)) : [];
  return [...scoped.map((each) => each.slice(prefix.length)), ...(typeof task === "string" ? [task] : [])];
}

function claimsIn(token: string): Claims {
  const payload = JWS.exec(token)?.groups?.["payload"];
  const claims = payload === undefined ? undefined : strictJson(Buffer.from(payload, "base64url"));
  return (claims ?? {}) as Claims;
}
