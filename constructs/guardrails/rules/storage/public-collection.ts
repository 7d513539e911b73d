import type { Json } from "../../../../domain";
import { granteeIn } from "../../grantees";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import { type BlockBody, isObject, textOf, UndecidedValue } from "../../value";

/** Collections of OpenSearch Serverless, whose policies are of a kind of their own: who reads the data, and from which networks. */
export const publicCollection: BlockRule = {
  id: "AMBIT-STORAGE-PUBLIC-COLLECTION",
  severity: "high",
  what: "a collection of OpenSearch Serverless must name its principals and its networks",
  why: "everyone on the internet tries its endpoint, and each principal of an account reads what agents remember",
  fix: "name the roles in Principal, and endpoints in SourceVPCEs with AllowFromPublic false",
  standards: ["owasp-nhi/NHI6", "owasp-nhi/NHI5", "maestro/L2", "sp800-53/AC-3"],
  looksAt: ["aws_opensearchserverless_access_policy", "aws_opensearchserverless_security_policy"],
  *check({ body, type }, stack) {
    const isAccess = type === "aws_opensearchserverless_access_policy";
    if (!isAccess && textOf(body, "type") === "encryption") return;
    for (const [index, part] of partsOf(body["policy"] ?? null).entries()) {
      const at = `policy[${index}]`;
      if (!isAccess && part["AllowFromPublic"] === true)
        yield { what: "AllowFromPublic", at: `${at}.AllowFromPublic`, evidence: part as Json };
      for (const written of isAccess ? valuesAt(part, "Principal") : []) {
        const principal = written instanceof UndecidedValue ? written : granteeIn(written, `${at}.Principal`, stack);
        if (principal instanceof UndecidedValue) yield principal;
        else if (/[*?]|:root$/.test(principal.value))
          yield { what: `Principal::${principal.value}`, at: principal.at, evidence: part as Json };
      }
    }
  },
};

function partsOf(policy: Json): readonly BlockBody[] {
  const unknown = new UndecidedValue("policy", policy, "policy must be a text of JSON");
  if (typeof policy !== "string") throw unknown;
  try {
    const parts: unknown = JSON.parse(policy);
    return [parts].flat().filter(isObject);
  } catch {
    throw unknown;
  }
}
