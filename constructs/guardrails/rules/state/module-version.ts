import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** Each module is a finding of `AMBIT-STATE-MODULE`, to be acknowledged once it was read; this rule holds that it stays what was read. */
export const moduleVersion: BlockRule = {
  id: "AMBIT-STATE-MODULE-VERSION",
  severity: "high",
  what: "a module must be named by what cannot change: a commit, or one version of a registry",
  why: "another content comes by the same name, and is deployed without a change of this code",
  fix: "write ?ref= with the whole commit, or one version of the registry",
  standards: ["owasp-asi/ASI04", "sp800-53/SR-3"],
  looksAt: ["module"],
  *check({ name, body }) {
    const source = textOf(body, "source") ?? "";
    const version = textOf(body, "version") ?? "";
    if (/^\.{1,2}\//.test(source)) return;
    const isPinned = REGISTRY.test(source)
      ? /^=?\s*\d+\.\d+\.\d+(?:[-+][\w.-]+)?$/.test(version)
      : /[?&]ref=[0-9a-f]{40}(?:&|$)/.test(source) || /[?&]checksum=\w+:[0-9a-f]{64,}(?:&|$)/.test(source);
    if (!isPinned) yield { what: name, at: version === "" ? "source" : "version", evidence: [source, version] };
  },
};

/** `namespace/name/system`, with a host or without. Source: Terraform, "Module sources" */
const REGISTRY =
  /^(?:(?!github\.com\/|bitbucket\.org\/)[\w-]+(?:\.[\w-]+)+(?::\d+)?\/)?[\w-]+\/[\w-]+\/[\w-]+(?:\/\/.*)?$/;
