import type { BlockRule } from "../../rule";
import { numberOf } from "../../value";

/** Left out, and 0, keep records for ever. */
export const retention: BlockRule = {
  id: "AMBIT-LOGS-RETENTION",
  severity: "low",
  what: "a log group must say how many days it keeps its records",
  why: "records with the data of persons stay for ever, or are deleted by hand when they are needed",
  fix: "set retention_in_days",
  standards: ["sp800-53/AU-11", "iso42001/A.6.2.8", "maestro/L5"],
  looksAt: ["aws_cloudwatch_log_group"],
  *check({ body }) {
    const days = numberOf(body, "retention_in_days") ?? 0;
    if (days === 0)
      yield { what: "retention_in_days", at: "retention_in_days", evidence: body["retention_in_days"] ?? null };
  },
};
