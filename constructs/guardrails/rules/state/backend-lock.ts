import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** Backends that lock only where they are told to. Source: Terraform, "Backend Type: s3" and "Backend Type: http" */
export const backendLock: BlockRule = {
  id: "AMBIT-STATE-BACKEND-LOCK",
  severity: "medium",
  what: "the state must be locked while it is changed",
  why: "of two applies at a time one is lost: a grant that was taken back stays, and no state knows of it",
  fix: "set use_lockfile to true for S3, or lock_address for http",
  standards: ["sp800-53/CM-6"],
  looksAt: ["backend.s3", "backend.http"],
  *check({ type, body }) {
    if (type === "s3" && flagOf(body, "use_lockfile") !== true && (body["dynamodb_table"] ?? "") === "")
      yield { what: "use_lockfile", at: "use_lockfile", evidence: body["use_lockfile"] ?? null };
    if (type === "http" && (body["lock_address"] ?? "") === "")
      yield { what: "lock_address", at: "lock_address", evidence: null };
  },
};
