import { foreignTo } from "../../accounts";
import { valuesAt } from "../../private/values-at";
import { isBySame } from "../../providers";
import type { Block } from "../../block";
import type { BlockRule, Violation } from "../../rule";
import { blocksOf, textOf, UndecidedValue } from "../../value";
import type { Json } from "../../../../domain";
import type { StackJson } from "../../stack";

/** A written certificate does not tell who has its key. One of a private CA of the stack is as good as the CA. */
export const anchor: BlockRule = {
  id: "AMBIT-TRUST-ANCHOR",
  severity: "high",
  what: "a trust anchor of IAM Roles Anywhere must be a private CA of the account",
  why: "who has the key of another CA signs a certificate with the name of any workload, and becomes its role",
  fix: "set source_type to AWS_ACM_PCA, and acm_pca_arn to a CA of the account; acknowledge a bundle that SPIRE keeps up to date",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/IA-9", "sp800-53/SC-12"],
  looksAt: ["aws_rolesanywhere_trust_anchor"],
  *check(block, stack) {
    for (const source of blocksOf(block.body, "source")) {
      const type = textOf(source, "source_type", "source.source_type") ?? "";
      if (type !== "AWS_ACM_PCA" && type !== "CERTIFICATE_BUNDLE")
        yield { what: type, at: "source.source_type", evidence: type };
      const at = `source.source_data.${type === "AWS_ACM_PCA" ? "acm_pca_arn" : "x509_certificate_data"}`;
      for (const written of valuesAt(source, at.slice("source.".length))) {
        if (written instanceof UndecidedValue) yield written;
        else yield* judged(written, { type, at, block }, stack);
      }
    }
  },
};

interface Written {
  readonly type: string;
  readonly at: string;
  readonly block: Block;
}

function* judged(written: Json, { type, at, block }: Written, stack: StackJson): Generator<UndecidedValue | Violation> {
  const ca = caIn(written, stack);
  if (ca !== undefined && ca.mode === "resource" && isBySame(ca, block)) return;
  if (type === "CERTIFICATE_BUNDLE" && ca === undefined) yield { what: type, at, evidence: written };
  // A data source reads the CA whose ARN it has.
  else yield* foreignIn(ca?.mode === "data" ? (ca.body["arn"] ?? null) : written, at, stack);
}

/** The private CA that a value is of. A certificate that it issued may be anyone's CA. */
function caIn(written: Json, stack: StackJson): Block | undefined {
  const referred = stack.referred(written);
  const isCa = referred?.block.type === "aws_acmpca_certificate_authority" && OF_CA.test(referred.attribute);
  return isCa ? referred.block : undefined;
}

const OF_CA = /^(?:arn|id|certificate|certificate_chain)$/;

function* foreignIn(written: Json, at: string, stack: StackJson): Generator<UndecidedValue | Violation> {
  const account = /^arn:[^:]*:acm-pca:[^:]*:(\d{12}):certificate-authority\//.exec(String(written))?.[1];
  const told = foreignTo(stack);
  if (account === undefined) yield new UndecidedValue(at, written, `${at} is known at apply only`);
  else yield* told(account, { what: `acm_pca_arn::${account}`, at, evidence: written });
}
