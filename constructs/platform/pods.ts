/** Labels by which the pods of a part of the platform are found */
export function podLabels(name: string, partOf: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": partOf };
}

/** `GET path` on a port of the container */
export function probe(path: string, port: number, seconds: { readonly first: number; readonly every: number }) {
  return {
    httpGet: { path, port: String(port) },
    initialDelaySeconds: seconds.first,
    periodSeconds: seconds.every,
    timeoutSeconds: 3,
    failureThreshold: 3,
  };
}

/**
 * Whether a process answers at all: where six requests in a row get no answer, which takes a minute, the kubelet starts it again. A process that is
 * only busy answers one of six.
 *
 * "A common pattern for liveness probes is to use the same low-cost HTTP endpoint as for readiness probes, but with a higher failureThreshold":
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function alive(path: string, port: number, seconds: { readonly first: number }) {
  return { ...probe(path, port, { ...seconds, every: 10 }), failureThreshold: 6 };
}

/**
 * Whether a process has started, asked each second for two minutes at most: the other probes wait until it has, and the kubelet asks at once whether it
 * is ready.
 *
 * https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function started(path: string, port: number) {
  return { ...probe(path, port, { first: 0, every: 1 }), failureThreshold: 120 };
}

/** Over zones where there are several, and two on one node only where there are more of them than nodes. */
export function spread(labels: Readonly<Record<string, string>>) {
  const across = (topologyKey: string, whenUnsatisfiable: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable,
    // A node whose taints keep these pods away would else count as one without any, and hold the others back.
    nodeTaintsPolicy: "Honor",
    labelSelector: [{ matchLabels: { ...labels } }],
  });
  return [across("topology.kubernetes.io/zone", "ScheduleAnyway"), across("kubernetes.io/hostname", "DoNotSchedule")];
}

export function ports(named: Readonly<Record<string, number>>) {
  return Object.entries(named).map(([name, containerPort]) => ({ name, containerPort, protocol: "TCP" }));
}
