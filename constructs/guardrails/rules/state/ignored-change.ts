import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import { isObject, listOf } from "../../value";

/** Single attributes that others write may be ignored, such as the number of replicas, or data that a controller keeps. */
export const ignoredChange: BlockRule = {
  id: "AMBIT-STATE-IGNORED-CHANGE",
  severity: "high",
  what: "no changes of all attributes, or of one that decides who may do what, may be ignored",
  why: "what is deployed stays as it was, or as someone made it by hand, while the guardrails judge what is written",
  fix: "take the attribute out of ignore_changes, and ignore single others",
  standards: ["sp800-53/CM-6", "sp800-53/AC-3", "owasp-asi/ASI10"],
  looksAt: [/^[a-z]\w*$/],
  isAbout: ({ mode, body }) => mode === "resource" && body["lifecycle"] !== undefined,
  *check({ body }) {
    for (const name of ignoredIn(body)) {
      if (!decides(name)) continue;
      yield { what: name.replace(/\[\d+\]/g, ""), at: "lifecycle.ignore_changes", evidence: name };
    }
  },
};

/** HCL2JSON writes an attribute as an expression. */
function ignoredIn({ lifecycle }: Block["body"]): readonly string[] {
  return listOf(lifecycle)
    .flatMap((each) => (isObject(each) ? listOf(each["ignore_changes"]) : []))
    .map((name) => String(name).replace(/^\$\{\s*|\s*\}$/g, ""));
}

/** Attributes of AWS and of Kubernetes by which other rules tell who may do what, who reaches it, what runs, and who can read it */
const NAMES = new Set([
  ...["all", "acl", "authorization", "authorization_type", "authorizer_id", "authorizer_type", "container_definitions"],
  ...[
    "egress",
    "enable_key_rotation",
    "enable_log_file_validation",
    "enable_logging",
    "environment",
    "grant",
    "ingress",
  ],
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
  ...["is_multi_region_trail", "managed_policy_arns", "manifest", "permissions_boundary", "principal", "principals"],
  ...["publicly_accessible", "role_ref", "rule", "storage_encrypted", "subject", "user_data", "validations"],
]);
const ENDING = /(?:^|_)(?:encrypted|encryption\w*|polic(?:y|ies)|role|role_arn|kms_key\w*)$/;

/** Of a spec, whole or in parts: what pods run, whom they reach, what is admitted */
const OF_SPEC = new Set([
  undefined,
  "egress",
  "ingress",
  "pod_selector",
  "policy_types",
  "spec",
  "template",
  "validation",
]);

function decides(name: string): boolean {
  const [root = "", part] = name.replace(/\[[^\]]*\]/g, "").split(".");
  return root === "spec" ? OF_SPEC.has(part) : NAMES.has(root) || ENDING.test(root);
}
