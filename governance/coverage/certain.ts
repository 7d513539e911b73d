import type { Block } from "../../constructs/guardrails/block";
import { isByDefault } from "../../constructs/guardrails/providers";
import { isRecord } from "../../domain/is-record";

/** How many there are, and of what, is computed: it may be none. */
const COMPUTED = ["count", "for_each", "dynamic"] as const;

/**
 * What `lifecycle` may say of a protection. Not among them is `enabled` of OpenTofu, by which there is none.
 *
 * @see https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
 * @see https://opentofu.org/docs/language/meta-arguments/enabled/
 */
const LIFECYCLE = new Set([
  "create_before_destroy",
  "ignore_changes",
  "postcondition",
  "precondition",
  "prevent_destroy",
  "replace_triggered_by",
]);

/** The autoscaler's, once the pods are there */
const SCALED = "spec[0].replicas";

/** Whether a resource is made once, as it is written, by the default provider of its stack: another one is no evidence. */
export function isCertain(block: Block): boolean {
  const { body } = block;
  for (const name of COMPUTED) if (Object.hasOwn(body, name)) return false;
  const { provider, lifecycle } = body;
  if (provider !== undefined && !isByDefault(block)) return false;
  return lifecycle === undefined || keepsAsWritten(body, lifecycle);
}

function keepsAsWritten(body: Block["body"], lifecycle: unknown): boolean {
  for (const each of Array.isArray(lifecycle) ? (lifecycle as readonly unknown[]) : [lifecycle]) {
    if (!isRecord(each) || Object.keys(each).some((name) => !LIFECYCLE.has(name))) return false;
    const { ignore_changes: ignored = [] } = each;
    if (!Array.isArray(ignored)) return false;
    if (ignored.some((path) => path !== SCALED && isWritten(body, path))) return false;
  }
  return true;
}

/** Whether the block writes what this path names: an earlier value of it would stay, which the output does not show. */
function isWritten(body: Block["body"], path: unknown): boolean {
  if (typeof path !== "string" || path === "all") return true;
  let held: unknown = body;
  for (const step of path.split(/[.[\]]+/).filter((each) => each !== "")) {
    // A single block is written as an object, and is the first of its list.
    if (step === "0" && isRecord(held) && !Object.hasOwn(held, "0")) continue;
    const name = step.replace(/^"|"$/g, "");
    if (held === null || typeof held !== "object" || !Object.hasOwn(held, name)) return false;
    held = (held as Readonly<Record<string, unknown>>)[name];
  }
  return true;
}
