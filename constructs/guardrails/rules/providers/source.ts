import { requirementsOf } from "../../private/requirements";
import type { BlockRule } from "../../rule";

/** Rules look for `aws_…` and `provider.aws`: a provider of another name, or another one of this name, would pass them by. */
export const providerSource: BlockRule = {
  id: "AMBIT-PROVIDER-SOURCE",
  severity: "high",
  what: "a provider must be one of HashiCorp, from the public registry and by its own name",
  why: "a provider is a program that runs with the rights of the one who deploys, and its resources are judged by its name",
  fix: "write its source, such as hashicorp/aws, or acknowledge the provider in the version that was read",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3"],
  looksAt: ["terraform"],
  *check({ body }) {
    for (const { name, source, version } of requirementsOf(body)) {
      const given = /^(?:registry\.(?:terraform\.io|opentofu\.org)\/)?(?:hashicorp\/)?([^/]+)$/i.exec(
        source ?? name,
      )?.[1];
      if (given?.toLowerCase() === name.toLowerCase()) continue;
      yield { what: name, at: `required_providers.${name}.source`, evidence: [source ?? null, version ?? null] };
    }
  },
};
