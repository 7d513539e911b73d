import type { Check, Suite } from "../harness/suite";
import type { KubeObject } from "./kube-client";
import { type StandingPlatform, write } from "./platform-checks";

/** Nothing that was applied is a change when it is applied again. */
export function driftChecks(suite: Suite, platform: Check<StandingPlatform>): void {
  suite.check("drift: a second apply changes nothing", [platform], async ([{ cluster, rendered }], note) => {
    const changed: string[] = [];
    for (const object of rendered) {
      const before = await cluster.users.deployer.get(object.object);
      const after = await write(cluster.users.deployer, object);
      if (versionOf(before) !== versionOf(after)) changed.push(object.address);
    }
    if (changed.length > 0) throw new Error(`applied again, these changed: ${changed.join(", ")}`);
    note(`${rendered.length} objects`);
  });

  suite.check(
    "drift: the server adds nothing to what manifests say",
    [platform],
    async ([{ cluster, rendered }], note) => {
      const manifests = rendered.filter(({ address }) => address.startsWith("kubernetes_manifest."));
      const found: string[] = [];
      for (const { address, object, computedFields = [] } of manifests) {
        const stored = await cluster.users.deployer.get(object);
        const differences = differencesOf(withoutServers(object), withoutServers(stored));
        const unexpected = differences.filter((text) => !computedFields.some((path) => text.startsWith(path)));
        found.push(...unexpected.map((text) => `${address}: ${text}`));
      }
      if (found.length > 0) throw new Error(found.join("\n"));
      note(`${manifests.length} manifests`);
    },
  );
}

function versionOf({ metadata }: KubeObject): unknown {
  return metadata.resourceVersion;
}

/** Without what the server writes into every object */
export function withoutServers({ metadata, status: _, ...rest }: KubeObject): object {
  const { name, namespace, labels, annotations } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations } };
}

/** Paths at which two values differ, and how */
export function differencesOf(sent: unknown, stored: unknown, path = ""): readonly string[] {
  if (isObject(sent) && isObject(stored)) {
    const keys = [...new Set([...Object.keys(sent), ...Object.keys(stored)])];
    return keys.flatMap((key) => {
      const inner = Array.isArray(sent) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
      return differencesOf(sent[key], stored[key], inner);
    });
  }
  if (sent === stored) return [];
  return [`${path} was sent as ${JSON.stringify(sent)}, and is ${JSON.stringify(stored)}`];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
