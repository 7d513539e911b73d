import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { KubeError, type KubeObject } from "../spire/kube-client";
import type { OneNode } from "./one-node";
import { namespace, pod, servingPod } from "./test-pods";

export const NAMESPACE = "pods";
const READY_SECONDS = 240;
const LAST_WORDS = "the registry is not readable";

/** Pods that the restricted level refuses, by what they change */
const REFUSED: readonly (readonly [what: string, pod: KubeObject])[] = [
  ["root", pod(NAMESPACE, "refused", { securityContext: { runAsUser: 0 } })],
  ["a privileged container", pod(NAMESPACE, "refused", { securityContext: { privileged: true } })],
  ["capabilities kept", pod(NAMESPACE, "refused", { securityContext: { allowPrivilegeEscalation: false } })],
];

/** What runs, what is refused, and what is told of a pod that fails */
export function podChecks(suite: Suite, node: Check<OneNode>): Check<readonly string[]> {
  const pods = suite.check("hardened pods run: not root, on a root file system that is read-only", [node], runHardened);
  suite.check("pods that the restricted level refuses are not made", [node, pods], async ([on]) => {
    const client = on.client("administrator");
    for (const [what, refused] of REFUSED) {
      const error = await client.create(refused).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      ok(error instanceof KubeError && error.code === 403, `${what} is not refused`);
      match(error.message, /violates PodSecurity "restricted:latest"/);
    }
  });
  suite.check("only who may looks into a pod", [node, pods], async ([on]) => {
    const path = `/api/v1/namespaces/${NAMESPACE}/pods/server/log`;
    match(await on.client("administrator").text(path), /^serving /);
    await refusedWith(403, on.client("mallory").text(path));
    // Of its own rights the node has those that it needs: not to read what is no pod's of its.
    await refusedWith(403, on.client("node").text("/api/v1/namespaces/kube-system/secrets"));
  });
  suite.check("a failing pod is reported with its conditions and last log lines", [node, pods], async ([on]) => {
    const fails = `console.error(${JSON.stringify(LAST_WORDS)}); process.exit(3)`;
    await on.client("administrator").apply(pod(NAMESPACE, "failing", { args: ["-e", fails] }));
    let story = "";
    const told = [/Exit Code:\s+3/, new RegExp(`^\\[pod/failing/node\\] ${LAST_WORDS}$`, "m")];
    await until(
      async () => {
        story = await on.storyOf(NAMESPACE, "failing");
        return told.every((pattern) => pattern.test(story));
      },
      READY_SECONDS,
      () => story,
    );
    await on.client("administrator").delete(pod(NAMESPACE, "failing", {}));
  });
  return pods;
}

async function runHardened([on]: readonly [OneNode], note: (text: string) => void): Promise<readonly string[]> {
  const client = on.client("administrator");
  await client.apply(namespace(NAMESPACE));
  await until(
    () => client.get(account(NAMESPACE)).then(Boolean, () => false),
    READY_SECONDS,
    "the namespace has no service account",
  );
  const names = ["server", "client", "stranger"];
  for (const name of names) await client.apply(servingPod(NAMESPACE, name));
  for (const name of names) {
    const [seconds] = await on.podReady(NAMESPACE, { app: name }, READY_SECONDS);
    note(`${name} is Ready ${seconds.toFixed(1)} s later`);
  }
  const said = await client.text(`/api/v1/namespaces/${NAMESPACE}/pods/server/log`);
  equal(JSON.parse(said.replace("serving ", "")), { user: 65532, root: "EROFS", temporary: "written" });
  return names;
}

function account(namespace: string) {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace } };
}

async function refusedWith(code: number, request: Promise<unknown>): Promise<void> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  equal(error instanceof KubeError ? error.code : error, code);
}
