import { createHash, X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import type { OneNode } from "../../cluster/one-node";
import { browserProgram, startBrowserBy } from "../../review/browser";

export interface BrowserOn {
  /** Addresses by name, on port 443: no name service knows them there. */
  readonly hosts: Readonly<Record<string, string>>;
  /** PEM of authorities that the browser trusts, by the chains that servers show */
  readonly authorities: readonly string[];
}

/** A browser of a person whose machine is in the node's network */
export function startBrowserOn(on: OneNode, { hosts, authorities }: BrowserOn): Promise<Browser> {
  const program = join(on.folder, "browser");
  const words = on.namespaces.onNetwork(browserProgram()).map((word) => `'${word}'`);
  writeFileSync(program, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`, { mode: 0o700 });
  const rules = Object.entries(hosts).map(([host, address]) => `MAP ${host}:443 ${address}:443`);
  return startBrowserBy(
    program,
    `--host-resolver-rules=${rules.join(",")}`,
    `--ignore-certificate-errors-spki-list=${authorities.map(keyDigest).join(",")}`,
  );
}

function keyDigest(authority: string): string {
  const key = new X509Certificate(authority).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(key).digest("base64");
}
