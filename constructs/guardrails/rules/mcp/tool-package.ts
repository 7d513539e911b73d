import { manifestOf } from "../../private/manifest";
import { POD_TYPES, podsOf } from "../../pods";
import type { BlockRule } from "../../rule";
import { blockOf, type BlockBody, listOf } from "../../value";

const RUNNER = /(?:^|[\s;&|"'(/])(?:npx|bunx|uvx|pipx run|(?:pnpm|yarn) dlx|npm exec|uv tool run)\s+([^;&|]*)/g;
/** Options of these programs that take the package */
const PACKAGE = /^(?:-p|--package|--from|--spec)(?:=(.+))?$/;
/** Options that take another value */
const VALUED = /^(?:--python|--index|--index-url|--default-index|--registry|--cache|-c|--call)$/;
const PINNED = /(?:@|==)v?\d+\.\d+\.\d+[\w.+-]*$|@[0-9a-f]{40}$|^[./~]/;

/** What npx, uvx and their like load when the container starts; kagent writes such servers with `cmd` and `args`. */
export const toolPackage: BlockRule = {
  id: "AMBIT-MCP-TOOL-PACKAGE",
  severity: "high",
  what: "a container must not start a package from a registry without its version",
  why: "what is published next under that name runs with the agent's or the tool's rights at the next start",
  fix: "build the package into an image that is named by its digest, or write name@1.2.3",
  standards: ["owasp-mcp/MCP04", "owasp-mcp/MCP03", "owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/SR-4", "maestro/L3"],
  looksAt: POD_TYPES,
  *check(block) {
    for (const { at, name, spec } of podsOf(block).flatMap(({ containers }) => containers))
      for (const found of unpinnedIn(spec, "command"))
        yield { what: `${name}::${found}`, at: `${at}.args`, evidence: found };
    if (block.type !== "kubernetes_manifest") return;
    const { kind, manifest } = manifestOf(block);
    if (kind !== "MCPServer" || !String(manifest["apiVersion"]).startsWith("kagent.dev/")) return;
    const at = "manifest.spec.deployment";
    const deployment = blockOf(blockOf(manifest, "spec", at) ?? {}, "deployment", at) ?? {};
    for (const found of unpinnedIn(deployment, "cmd")) yield { what: found, at: `${at}.args`, evidence: found };
  },
};

function unpinnedIn(container: BlockBody, command: string): readonly string[] {
  const line = [...listOf(container[command]), ...listOf(container["args"])].map(String).join(" ");
  return [...line.matchAll(RUNNER)].flatMap(([, rest = ""]) => packagesOf(rest).filter((each) => !PINNED.test(each)));
}

/** The packages that options name; without one, the first word is the package. */
function packagesOf(rest: string): readonly string[] {
  const words = rest.split(/[\s"')]+/).filter((word) => word !== "" && word !== "--");
  const named = words.flatMap((word, index) => {
    const option = PACKAGE.exec(word);
    return option === null ? [] : [option[1] ?? words[index + 1] ?? word];
  });
  return named.length > 0
    ? named
    : words.filter((word, index) => !word.startsWith("-") && !VALUED.test(words[index - 1] ?? "")).slice(0, 1);
}
