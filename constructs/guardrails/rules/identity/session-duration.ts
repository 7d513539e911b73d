import { LIFETIMES, secondsIn } from "../../private/lifetimes";
import type { BlockRule } from "../../rule";

/** What is left out has the default of AWS, which is within the limit. */
export const sessionDuration: BlockRule = {
  id: "AMBIT-IDENTITY-SESSION-DURATION",
  severity: "medium",
  what: "credentials and tokens must end within one hour, those of a permission set within eight hours, and refresh tokens within 30 days",
  why: "credentials that are stolen work until they end",
  fix: "leave the attribute out, or set it to the limit or less: 3600 seconds, PT8H, or 30 days",
  standards: ["owasp-nhi/NHI7", "owasp-asi/ASI03", "sp800-53/IA-5"],
  looksAt: Object.keys(LIFETIMES),
  *check({ type, body }) {
    for (const lifetime of LIFETIMES[type] ?? []) {
      const seconds = secondsIn(body, lifetime) ?? 0;
      if (seconds > lifetime.most) yield { what: lifetime.at, at: lifetime.at, evidence: seconds };
    }
  },
};
