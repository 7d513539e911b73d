import { createHash } from "node:crypto";

/**
 * Of texts that a pod reads at start: as an annotation it starts new pods when they change.
 *
 * A reference of Terraform counts by its name, as its value is known only at apply.
 */
export function digestOf(...texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text.replace(/\$\{TfToken\[[^\]]*\]\}/g, "token")).update("\0");
  return hash.digest("hex").slice(0, 16);
}
