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
