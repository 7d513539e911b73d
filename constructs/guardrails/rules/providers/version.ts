import { requirementsOf } from "../../private/requirements";
import type { BlockRule } from "../../rule";

/** A lock file, which Terraform JSON does not tell, holds one version within the bound. */
export const providerVersion: BlockRule = {
  id: "AMBIT-PROVIDER-VERSION",
  severity: "medium",
  what: "the version of a provider must have an upper bound",
  why: "the next init takes any later release, whose defaults no rule was written for, or that an attacker published",
  fix: "write one version, or a bound such as ~> 6.25",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/CM-2"],
  looksAt: ["terraform", /^provider\./],
  *check({ mode, type, body }, stack) {
    if (mode === "provider") {
      const isRequired = stack
        .of("terraform")
        .some((each) => requirementsOf(each.body).some(({ name }) => name === type));
      // Until Terraform 0.13 the version stood in the provider.
      if (!isRequired && (body["version"] ?? null) === null) yield { what: type, at: "", evidence: null };
      return;
    }
    for (const { name, version } of requirementsOf(body)) {
      const bounds = (version ?? "").split(",").map((each) => each.trim());
      if (bounds.some((each) => /^(?:=|~>|<=?)?\s*\d/.test(each) && !/^~>\s*\d+$/.test(each))) continue;
      yield { what: name, at: `required_providers.${name}.version`, evidence: version ?? null };
    }
  },
};
