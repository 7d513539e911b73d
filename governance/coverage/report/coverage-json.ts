import { jsonText } from "../../../domain/printable";
import { STANDARDS, type Standard } from "../../../domain/standards";
import type { Coverage, SafeguardFound } from "../coverage";

const VERSION = "ambit.coverage/1";

/**
 * For programs: `{ version, day, trustDomain, agents, standards, safeguards, rules }`.
 *
 * Entries name safeguards and rules by id; their evidence stands once, beside them: addresses of the platform, and those of each agent.
 */
export function coverageJson({ day, trustDomain, agents, standards, safeguards, rules }: Coverage): string {
  const document = {
    version: VERSION,
    day,
    trustDomain,
    agents,
    standards: standards.map(({ id, entries }) => {
      const { title, version, source, verified, omits }: Standard = STANDARDS[id];
      return { id, title, version, source, verified, ...(omits !== undefined && { omits }), entries };
    }),
    safeguards: safeguards.map(safeguardOf),
    rules,
  };
  return `${jsonText(document, 2)}\n`;
}

function safeguardOf({ holds, lacks, ...rest }: SafeguardFound): object {
  return { ...rest, holds: Object.fromEntries(holds), lacks: Object.fromEntries(lacks) };
}
