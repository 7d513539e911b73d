import { withoutScheme } from "../../../../domain/issuer-address";
import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { digestOf } from "../../finding";
import { issuersOf } from "../../issuers";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { isObject, isReference, UndecidedValue } from "../../value";

/** Where each type names the issuers whose tokens or assertions it takes */
const ISSUERS: Readonly<Record<string, string>> = {
  aws_cognito_identity_pool: "supported_login_providers",
  aws_eks_identity_provider_config: "oidc.issuer_url",
  aws_iam_openid_connect_provider: "url",
  aws_iam_saml_provider: "name",
  aws_ssoadmin_trusted_token_issuer: "trusted_token_issuer_configuration.oidc_jwt_configuration.issuer_url",
};

/** SPIRE of the platform, and clusters of the stack, by which their pods become roles. At synth the platform's own cluster is known too. */
export const issuer: BlockRule = {
  id: "AMBIT-TRUST-ISSUER",
  severity: "high",
  what: "an account or a cluster must trust no issuer of identities besides the platform's own",
  why: "the issuer writes any subject into its tokens, and so becomes each role and user that they open",
  fix: "refer to identity[0].oidc[0].issuer of the cluster; or acknowledge the issuer, such as that of a pipeline",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9", "sp800-53/SR-3"],
  looksAt: Object.keys(ISSUERS),
  *check(block, stack) {
    const at = ISSUERS[block.type] as string;
    const { tags: _, ...judged } = block.body;
    for (const written of valuesAt(block.body, at)) {
      if (written instanceof UndecidedValue) yield written;
      else
        for (const each of namesIn(written)) {
          if (isOwn(each, block, stack)) continue;
          if (isReference(each)) yield new UndecidedValue(at, each, `${at} is known at apply only: ${WRITE}`);
          else yield { what: `${at}::${each}`, at, evidence: [each, digestOf(judged as Json)] };
        }
    }
  },
};

const WRITE = "write the issuer as text, or refer to identity[0].oidc[0].issuer of an aws_eks_cluster";

/** Pools of Cognito have the issuer's address as the key of its client. */
function namesIn(written: Json): readonly string[] {
  return isObject(written) ? Object.keys(written) : [String(written)];
}

const OF_CLUSTER =
  /^\$\{((?:data\.)?aws_eks_cluster\.[\w-]+)(?:\[[^[\]]*\])?\.identity(?:\[0\]|\.0)\.oidc(?:\[0\]|\.0)\.issuer\}$/;

function isOwn(written: string, { type, body }: Block, stack: StackJson): boolean {
  if (type === "aws_iam_saml_provider") return false;
  const cluster = stack.at(OF_CLUSTER.exec(written)?.[1] ?? "");
  // By another provider it may be the cluster of another account.
  if (cluster !== undefined) return (cluster.body["provider"] ?? null) === (body["provider"] ?? null);
  const { workloads, cluster: ofPlatform, by } = issuersOf(stack);
  // Who writes the roles of a stack could write this issuer into them.
  return withoutScheme(written) === workloads || (by === "platform" && withoutScheme(written) === ofPlatform);
}
