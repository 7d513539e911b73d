import { foreignTo } from "../../accounts";
import { GRANTEE_TYPES, granteesOf } from "../../grantees";
import { accountOf } from "../../principals";
import type { BlockRule } from "../../rule";
import { flagOf, UndecidedValue } from "../../value";

/** The own accounts are those of the provider's `allowed_account_ids`. What cannot be read is a finding of `AMBIT-TRUST-PUBLIC-GRANT`. */
export const foreignGrant: BlockRule = {
  id: "AMBIT-TRUST-FOREIGN-GRANT",
  severity: "high",
  what: "a right outside of a policy may not be given to another account",
  why: "the other account, or an attacker in it, uses what is shared, and no policy of a resource shows it",
  fix: "give it to a role of the account, or acknowledge the account that gets it",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI6", "sp800-53/AC-3", "maestro/L4"],
  looksAt: [...GRANTEE_TYPES, "aws_ram_resource_share"],
  *check(block, stack) {
    if (block.type === "aws_ram_resource_share") {
      const name = "allow_external_principals";
      if (flagOf(block.body, name) === true) yield { what: name, at: name, evidence: true };
      return;
    }
    const told = foreignTo(stack);
    for (const grantee of granteesOf(block, stack)) {
      if (grantee instanceof UndecidedValue) continue;
      const { at, value } = grantee;
      const account = accountOf({ type: "AWS", value }) ?? OF_AGENT.exec(value)?.[1];
      if (account === undefined) continue;
      const evidence = [value, block.body["operations"] ?? block.body["action"] ?? null];
      yield* told(account, { what: `${at}::${account}`, at, evidence });
    }
  },
};

/** The alias of an agent of Bedrock, which belongs to an account */
const OF_AGENT = /^arn:[^:]*:bedrock:[^:]*:(\d{12}):/;
