import { objectOf, typesOf } from "../../kubernetes-object";
import type { BlockRule } from "../../rule";
import { isObject, textOf } from "../../value";

/** `data_wo` does not come into the state. A secret without data is filled by others; one of this type is filled with a token by Kubernetes. */
export const stateSecret: BlockRule = {
  id: "AMBIT-KUBERNETES-STATE-SECRET",
  severity: "high",
  what: "no Secret of Kubernetes may get its data from Terraform, and no token of a service account may stand in a Secret or the state",
  why: "the data stands in Terraform's state and plans, and such a token works until someone deletes it",
  fix: "have a secret store or its operator fill the Secret, write the token request as an ephemeral block, or give the workload an SVID",
  standards: ["owasp-nhi/NHI2", "owasp-nhi/NHI7", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-5"],
  looksAt: typesOf("Secret", "TokenRequest"),
  *check(block) {
    if (objectOf(block, "TokenRequest") !== undefined)
      return yield { what: "token", at: "", evidence: block.body["metadata"] ?? null };
    const secret = objectOf(block, "Secret");
    if (secret === undefined) return;
    const { at, body } = secret;
    if (textOf(body, "type", `${at}type`) === "kubernetes.io/service-account-token")
      yield { what: "type::service-account-token", at: `${at}type`, evidence: body["type"] ?? null };
    for (const name of ["data", "string_data", "binary_data"]) {
      const data = body[name] ?? null;
      if (data === null || (isObject(data) && Object.keys(data).length === 0)) continue;
      yield { what: name, at: `${at}${name}`, evidence: isObject(data) ? Object.keys(data) : "reference" };
    }
  },
};
