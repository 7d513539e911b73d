import { ownAccounts, undecidedAccount } from "../../accounts";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import { blocksOf, textOf, UndecidedValue } from "../../value";
import type { Json } from "../../../../domain";
import type { StackJson } from "../../stack";

/** A certificate that is written is anyone's: who has its key is not told. One of a private CA of the stack is as good as the CA. */
export const anchor: BlockRule = {
  id: "AMBIT-TRUST-ANCHOR",
  severity: "high",
  what: "a trust anchor of IAM Roles Anywhere must be a private CA of the account",
  why: "who has the key of another CA signs a certificate with the name of any workload, and becomes its role",
  fix: "set source_type to AWS_ACM_PCA, and acm_pca_arn to a CA of the account; acknowledge a bundle that SPIRE keeps up to date",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9", "sp800-53/SC-12"],
  looksAt: ["aws_rolesanywhere_trust_anchor"],
  *check({ body }, stack) {
    for (const source of blocksOf(body, "source")) {
      const type = textOf(source, "source_type", "source.source_type") ?? "";
      if (type !== "AWS_ACM_PCA" && type !== "CERTIFICATE_BUNDLE")
        yield { what: type, at: "source.source_type", evidence: type };
      const at = `source.source_data.${type === "AWS_ACM_PCA" ? "acm_pca_arn" : "x509_certificate_data"}`;
      for (const written of valuesAt(source, at.slice("source.".length))) {
        if (written instanceof UndecidedValue) yield written;
        else if (isOfStack(written, stack)) continue;
        else if (type === "CERTIFICATE_BUNDLE") yield { what: type, at, evidence: written };
        else if (type === "AWS_ACM_PCA") yield* foreignIn(written, at, stack);
      }
    }
  },
};

const PRIVATE_CA = /^(?:data\.)?aws_acmpca_(?:certificate|certificate_authority)\./;

function isOfStack(written: Json, stack: StackJson): boolean {
  const referred = stack.referred(written);
  return referred !== undefined && PRIVATE_CA.test(referred.block.address) && OF_CA.test(referred.attribute);
}

const OF_CA = /^(?:arn|certificate|certificate_chain)$/;

function* foreignIn(
  written: Json,
  at: string,
  stack: StackJson,
): Generator<UndecidedValue | { what: string; at: string; evidence: Json }> {
  const account = /^arn:[^:]*:acm-pca:[^:]*:(\d{12}):certificate-authority\//.exec(String(written))?.[1];
  const own = ownAccounts(stack);
  if (account === undefined) yield new UndecidedValue(at, written, `${at} is known at apply only`);
  else if (own.length === 0) yield undecidedAccount(account);
  else if (!own.includes(account)) yield { what: `acm_pca_arn::${account}`, at, evidence: written };
}
