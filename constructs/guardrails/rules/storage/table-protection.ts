import type { BlockRule } from "../../rule";
import { blocksOf, flagOf } from "../../value";

/** Both are off where they are left out. A table of keys that must be erasable is not restorable, and says so. */
export const tableProtection: BlockRule = {
  id: "AMBIT-STORAGE-TABLE-PROTECTION",
  severity: "medium",
  what: "a table must say whether it is protected from deletion, and restorable to a point in time",
  why: "one wrong call, or an attacker, destroys its items for good, and a review has not seen that it can",
  fix: "set deletion_protection_enabled and point_in_time_recovery.enabled",
  standards: ["maestro/L2"],
  looksAt: ["aws_dynamodb_table"],
  *check({ body }) {
    if (flagOf(body, "deletion_protection_enabled") === undefined)
      yield { what: "deletion_protection_enabled", at: "deletion_protection_enabled", evidence: null };
    const name = "point_in_time_recovery";
    const isSaid = blocksOf(body, name).some((each) => flagOf(each, "enabled", `${name}.enabled`) !== undefined);
    if (!isSaid) yield { what: name, at: name, evidence: body[name] ?? null };
  },
};
