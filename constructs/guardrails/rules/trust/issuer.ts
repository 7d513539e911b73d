import { withoutScheme } from "../../../../domain/issuer-address";
import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import { essenceDigest } from "../../private/essence";
import { issuersOf } from "../../issuers";
import { isBySame } from "../../providers";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { isObject, isReference, UndecidedValue } from "../../value";

/** Where each type names the issuers whose tokens or assertions it takes */
const ISSUERS: Readonly<Record<string, readonly string[]>> = {
  aws_cognito_identity_pool: ["supported_login_providers", "cognito_identity_providers.provider_name"],
  aws_eks_identity_provider_config: ["oidc.issuer_url"],
  aws_iam_openid_connect_provider: ["url"],
  aws_iam_saml_provider: ["name"],
  aws_ssoadmin_trusted_token_issuer: ["trusted_token_issuer_configuration.oidc_jwt_configuration.issuer_url"],
};

/** SPIRE of the platform, and clusters and pools of users of the stack. At synth the platform's own cluster is known too. */
export const issuer: BlockRule = {
  id: "AMBIT-TRUST-ISSUER",
  severity: "high",
  what: "an account or a cluster must trust no issuer of identities besides the platform's own",
  why: "the issuer writes any subject into its tokens, and so becomes each role and user that they open",
  fix: "refer to identity[0].oidc[0].issuer of the cluster; or acknowledge the issuer, such as that of a pipeline",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9", "sp800-53/SR-3"],
  looksAt: Object.keys(ISSUERS),
  *check(block, stack) {
    for (const at of ISSUERS[block.type] ?? [])
      for (const each of valuesAt(block.body, at).flatMap(namesIn)) {
        if (each instanceof UndecidedValue) yield each;
        else if (isOwn(each, block, stack)) continue;
        else if (isReference(each)) yield new UndecidedValue(at, each, `${at} is known at apply only: ${WRITE}`);
        else yield { what: `${at}::${each}`, at, evidence: [each, essenceDigest(block)] };
      }
  },
};

const WRITE = "write the issuer as text, or refer to identity[0].oidc[0].issuer of an aws_eks_cluster";

/** Pools of Cognito have the issuer's address as the key of its client. */
function namesIn(written: Json | UndecidedValue): readonly (string | UndecidedValue)[] {
  if (written instanceof UndecidedValue) return [written];
  return isObject(written) ? Object.keys(written) : [String(written)];
}

const OF_CLUSTER =
  /^\$\{((?:data\.)?aws_eks_cluster\.[\w-]+)(?:\[[^[\]]*\])?\.identity(?:\[0\]|\.0)\.oidc(?:\[0\]|\.0)\.issuer\}$/;

/** A pool of users */
const OF_USERS = /^\$\{(aws_cognito_user_pool\.[\w-]+)(?:\[[^[\]]*\])?\.endpoint\}$/;

function isOwn(written: string, block: Block, stack: StackJson): boolean {
  if (block.type === "aws_iam_saml_provider") return false;
  const own = stack.at((OF_CLUSTER.exec(written) ?? OF_USERS.exec(written))?.[1] ?? "");
  if (own !== undefined) return isBySame(own, block);
  const { workloads, cluster: ofPlatform, by } = issuersOf(stack);
  // Who writes the roles of a stack could write this issuer into them.
  return withoutScheme(written) === workloads || (by === "platform" && withoutScheme(written) === ofPlatform);
}
