import { ACTION, LABEL, whole } from "../../registry/names";

/** Names that a declaration takes: others can be granted nowhere. Of agents and tasks a registry may name more. */
const SHAPES = {
  agent: [/^[a-z0-9][a-z0-9-]{0,55}[a-z0-9]$/, "2 to 57 lower-case letters, digits and inner hyphens"],
  task: [/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "at most 32 lower-case letters, digits and inner hyphens"],
  tool: [whole(LABEL), "at most 63 lower-case letters, digits and inner hyphens"],
  action: [whole(ACTION), "a lower-case letter and at most 63 letters, digits, _ and -"],
  dataset: [whole(LABEL), "at most 63 lower-case letters, digits and inner hyphens"],
} as const;

/** Why the name cannot be declared; undefined if it can. */
export function unnameable(kind: keyof typeof SHAPES, name: string): string | undefined {
  const [shape, words] = SHAPES[kind];
  if (shape.test(name)) return undefined;
  return `no declaration can have the ${kind} ${JSON.stringify(name)}: a name is ${words}`;
}

/** Why no agent of the platform can have the identity; undefined if one can. */
export function unidentifiable(spiffeId: string, trustDomain: string): string | undefined {
  const prefix = `spiffe://${trustDomain}/ns/`;
  const path = spiffeId.startsWith(prefix) ? spiffeId.slice(prefix.length) : "";
  if (/^[a-z0-9-]+\/sa\/[a-z0-9-]+$/.test(path)) return undefined;
  return `no declaration gives an agent the identity ${spiffeId}: identities are ${prefix}<namespace>/sa/<service account>`;
}
