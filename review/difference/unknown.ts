import type { Unknown } from "../change";
import type { Estate } from "../read/resource";

/** What is unknown now, but for what was unknown before in the same words and stands on the same text */
export function newUnknown(states: {
  readonly known: readonly Unknown[];
  readonly now: readonly Unknown[];
  readonly base: Estate;
  readonly head: Estate;
}): readonly Unknown[] {
  const known = new Set(states.known.map((unknown) => fingerprint(unknown, states.base)));
  return states.now.filter((unknown) => !known.has(fingerprint(unknown, states.head)));
}

/** A policy that cannot be read may be made of any data source of its stack. */
function fingerprint(unknown: Unknown, estate: Estate): string {
  const resource = estate.at(unknown.source.address);
  const parts =
    resource === undefined
      ? []
      : estate.resources.filter(({ stack, mode }) => stack === resource.stack && mode === "data");
  return JSON.stringify([unknown, resource?.values, parts.map(({ name, values }) => [name, values])]);
}
