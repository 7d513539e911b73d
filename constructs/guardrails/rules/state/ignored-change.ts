import type { Block } from "../../block";
import { decides } from "../../private/deciding-attributes";
import { terraformName } from "../../private/manifest";
import type { BlockRule, Violation } from "../../rule";
import { type BlockBody, isObject, listOf, textsOf } from "../../value";

/** Single attributes that others write may be ignored, such as the number of replicas, or data that a controller keeps. */
export const ignoredChange: BlockRule = {
  id: "AMBIT-STATE-IGNORED-CHANGE",
  severity: "high",
  what: "no changes of all attributes, or of one that decides who may do what, may be ignored",
  why: "what is deployed stays as it was, or as someone made it by hand, while the guardrails judge what is written",
  fix: "take the attribute out of ignore_changes, and ignore single others",
  standards: ["sp800-53/CM-6", "sp800-53/AC-3", "owasp-asi/ASI10"],
  looksAt: [/^[a-z]\w*$/],
  isAbout: ({ mode, body }) =>
    mode === "resource" && (body["lifecycle"] !== undefined || body["computed_fields"] !== undefined),
  *check(block) {
    for (const name of ignoredIn(block.body)) {
      if (!decides(block, name)) continue;
      yield { what: withoutNumbers(name), at: "lifecycle.ignore_changes", evidence: name };
    }
    yield* computedIn(block);
  },
};

/** HCL2JSON writes an attribute as an expression. */
function ignoredIn({ lifecycle }: Block["body"]): readonly string[] {
  return listOf(lifecycle)
    .flatMap((each) => (isObject(each) ? listOf(each["ignore_changes"]) : []))
    .map((name) => String(name).replace(/^\$\{\s*|\s*\}$/g, ""));
}

/** Fields of a manifest whose drift the provider does not tell, which by default are labels and annotations */
function* computedIn({ type, body }: Block): Generator<Violation> {
  if (type !== "kubernetes_manifest" || body["computed_fields"] === undefined) return;
  for (const name of textsOf(body, "computed_fields")) {
    const path = name.split(".").map(terraformName).join(".");
    if (path.startsWith("metadata") || !decides({ type, body: objectOfManifest(body) }, path)) continue;
    yield { what: `computed::${withoutNumbers(name)}`, at: "computed_fields", evidence: name };
  }
}

function objectOfManifest({ manifest }: BlockBody): BlockBody {
  return isObject(manifest) ? manifest : {};
}

function withoutNumbers(path: string): string {
  return path.replace(/\[(?:\d+|\*)\]|\.\d+(?=\.|$)/g, "");
}
