import { isObject, member } from "../../read/json";
import type { Estate } from "../../read/resource";

/** The service account that is each agent's alone, as `namespace/name`, from the registry */
export function workloads(estate: Estate): ReadonlyMap<string, string> {
  const agents = estate.registry?.["agents"];
  const found = new Map<string, string>();
  if (!isObject(agents)) return found;
  for (const [agent, declared] of Object.entries(agents)) {
    const workload = isObject(declared) ? member(declared, "workload") : undefined;
    if (!isObject(workload)) continue;
    const { namespace, serviceAccount } = workload;
    if (typeof namespace === "string" && typeof serviceAccount === "string") {
      found.set(agent, `${namespace}/${serviceAccount}`);
    }
  }
  return found;
}
