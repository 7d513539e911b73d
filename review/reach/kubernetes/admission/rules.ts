import type { JsonObject } from "../../../read/json";
import { blocks, canonical, text, texts } from "../objects/values";

/** What admission rules match, one text for each: more of them cover more. */
export function matched(rules: readonly JsonObject[]): readonly string[] {
  return rules.flatMap((rule) => {
    const parts = ["operations", "apiGroups", "apiVersions", "resources", "resourceNames"].map((key) =>
      texts(rule, key),
    );
    const [operations, groups, versions, resources, names] = parts as [Texts, Texts, Texts, Texts, Texts];
    const scope = text(rule, "scope") ?? "*";
    if (parts.reduce((product, part) => product * Math.max(part.length, 1), 1) > MOST) return [canonical(rule)];
    return operations.flatMap((operation) =>
      groups.flatMap((group) =>
        versions.flatMap((version) =>
          resources.map((resource) => `matches ${JSON.stringify([operation, group, version, resource, scope, names])}`),
        ),
      ),
    );
  });
}

type Texts = readonly string[];

/** Beyond it, a rule is compared as it is written. */
const MOST = 10_000;

export function expressions(body: JsonObject, key: string): readonly string[] {
  return blocks(body, key).map((one) => text(one, "expression") ?? "");
}
