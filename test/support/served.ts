import { Serve, type TaskSpec, type Way } from "../../domain";

/** A way in for these tasks that changes nothing about a session, and may answer with anything */
export function servedPlainly<const K extends string>(...tasks: readonly K[]): Way<K> {
  return Serve.http({
    port: 8_080,
    paths: ["/"],
    tasks,
    sensitivity: "public",
    clearance: "restricted",
    untrusted: false,
  });
}

/** The same for those that other agents may hand work to, without which no edge leads there */
export function servingDelegates(tasks: Readonly<Record<string, TaskSpec>> = {}): { readonly serves?: Way } {
  const handed = Object.keys(tasks).filter((name) => [tasks[name]?.startedBy].flat().includes("delegation"));
  return handed.length === 0 ? {} : { serves: servedPlainly(...handed) };
}
