import type { KubeObject } from "../spire/kube-client";
import { hardened } from "./hardened";
import { referenceOf } from "./images";

/** Where a pod listens, and a second place that no Service and no policy names */
export const PORT = 8080;
export const OTHER_PORT = 8081;

const SERVE = `
const { writeFileSync } = require("node:fs");
const written = (file) => { try { writeFileSync(file, ""); return "written"; } catch (error) { return error.code; } };
const self = { user: process.getuid(), root: written("/x"), temporary: written("/tmp/x") };
console.log("serving", JSON.stringify(self));
for (const port of [${PORT}, ${OTHER_PORT}]) {
  require("node:http").createServer((_, response) => response.end(JSON.stringify(self))).listen(port);
}
process.on("SIGTERM", () => process.exit(0));
`;

/** Asks each address that it is given, and says what came of it, in their order. */
export const ASK = `
const asked = process.argv.slice(1).map((url) =>
  fetch(url, { signal: AbortSignal.timeout(3000) }).then(
    ({ status }) => String(status),
    ({ name, cause }) => cause?.code ?? name,
  ),
);
Promise.all(asked).then((said) => console.log(JSON.stringify(said)));
`;

export function namespace(name: string): KubeObject {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** A pod that answers and, by `exec`, asks */
export function servingPod(namespace: string, name: string): KubeObject {
  return pod(namespace, name, {
    args: ["-e", SERVE],
    volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    readinessProbe: { httpGet: { port: PORT }, periodSeconds: 1 },
  });
}

/** A pod of Node with these fields of its container */
export function pod(namespace: string, name: string, container: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app: name } },
    spec: hardened(
      { name: "node", image: referenceOf("node"), ...container },
      { volumes: [{ name: "tmp", emptyDir: {} }] },
    ),
  };
}

export function service(namespace: string, name: string, selector: string): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: selector }, ports: [{ port: 80, targetPort: PORT }] },
  };
}
