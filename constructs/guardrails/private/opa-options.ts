import type { OpaServer } from "../opa-config";
import { type BlockBody, isObject } from "../value";

/** Flags whose value may stand in the next word */
const VALUED = /^(?:-[ac]|--(?:addr|diagnostic-addr|config-file|set|set-file|log-\w+|tls-[\w-]+|verification-[\w-]+))$/;

/** Addresses that a server fetches bundles from: OPA verifies no signature of those. */
export function fetchedBy({ words }: OpaServer): readonly string[] {
  return words.filter((word, index) => /^https?:\/\//i.test(word) && !VALUED.test(words[index - 1] ?? ""));
}

/** The configuration that `--set` writes, such as `bundles.main.resource=bundle.tar.gz` */
export function optionsOf({ flags }: OpaServer): BlockBody {
  const options = Object.create(null) as Record<string, unknown>;
  for (const written of [...(flags.get("--set") ?? []), ...(flags.get("--set-file") ?? [])])
    for (const one of written.split(",")) put(options, one);
  return options as BlockBody;
}

function put(options: Record<string, unknown>, written: string): void {
  const [path = "", ...value] = written.replace(/^["']|["']$/g, "").split("=");
  const names = path.split(".");
  let into = options;
  for (const name of names.slice(0, -1)) {
    const next = isObject(into[name]) ? into[name] : (Object.create(null) as Record<string, unknown>);
    into[name] = next;
    into = next as Record<string, unknown>;
  }
  into[names.at(-1) ?? ""] = value.join("=");
}
