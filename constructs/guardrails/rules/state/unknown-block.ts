import { essenceDigest } from "../../private/essence";
import type { BlockRule } from "../../rule";
import { typeKey } from "../../stack";

/** Actions are run by `terraform apply`, or by a resource that changes. A block may hold a secret, so findings tell its digest. */
export const unknownBlock: BlockRule = {
  id: "AMBIT-STATE-UNKNOWN-BLOCK",
  severity: "high",
  what: "a stack must consist of blocks that are judged",
  why: "what another block does, such as an action that invokes a function or sends a command, is judged by no rule and shown by no review",
  fix: "write it as a resource, or acknowledge the block in its comment",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/CM-2"],
  looksAt: [/^(?:action|unknown)\./],
  *check(block) {
    const { mode, type } = block;
    yield { what: mode === "action" ? typeKey(block) : type, at: "", evidence: essenceDigest(block) };
  },
};
