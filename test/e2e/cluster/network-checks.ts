import { deepStrictEqual as equal } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import type { OneNode } from "./one-node";
import { NAMESPACE } from "./pod-checks";
import { ASK, namespace, OTHER_PORT, PORT, service, servingPod } from "./test-pods";

const POLICY_SECONDS = 120;
const READY_SECONDS = 240;
/** kube-router rejects what it does not allow. */
const REFUSED = "ECONNREFUSED";
const ELSEWHERE = "elsewhere";

/** Services, names and network policies, as packets that arrive or do not */
export function networkChecks(suite: Suite, node: Check<OneNode>, dns: Check, pods: Check<readonly string[]>): void {
  const open = suite.check(
    "pods reach each other, a Service by address and by name",
    [node, pods, dns],
    async ([on]) => {
      const client = on.client("administrator");
      await client.apply(service(NAMESPACE, "server", "server"));
      const [address] = await addressesOf(on, ["server"]);
      const { clusterIP } = (await client.get(service(NAMESPACE, "server", "server"))).spec as { clusterIP: string };
      const reached = [
        `http://${address}:${OTHER_PORT}`,
        `http://${address}:${PORT}`,
        `http://${clusterIP}`,
        "http://server",
        `http://server.${NAMESPACE}.svc`,
      ];
      const missed = [`http://${address}:${PORT + 2}`, `http://no-such-service.${NAMESPACE}.svc.cluster.local.`];
      await saysOf(
        on,
        NAMESPACE,
        "client",
        [...reached, ...missed],
        [...reached.map(() => "200"), REFUSED, "ENOTFOUND"],
      );
    },
  );

  const denied = suite.check(
    "where all is denied, no packet passes, of names neither",
    [node, open],
    async (values, note) => {
      const [on] = values;
      const [address] = await addressesOf(on, ["server"]);
      await on
        .client("administrator")
        .apply(policy("deny-all", { podSelector: {}, policyTypes: ["Ingress", "Egress"] }));
      const seconds = await saysOf(
        on,
        NAMESPACE,
        "client",
        [`http://${address}:${PORT}`, "http://server"],
        [REFUSED, "EAI_AGAIN"],
      );
      note(`denied ${seconds.toFixed(1)} s after it was applied`);
      // The node itself still gets in: its probes would fail otherwise.
      await on.podReady(NAMESPACE, { app: "server" }, READY_SECONDS);
    },
  );

  const allowed = suite.check("only connections allowed on both sides pass", [node, denied], async (values, note) => {
    const [on] = values;
    const client = on.client("administrator");
    const [server, stranger] = await addressesOf(on, ["server", "stranger"]);
    await client.apply(policy("server-in", from("server", { podSelector: labelled("client") })));
    await client.apply(policy("client-out", to("client", { podSelector: labelled("server") })));
    const asked = [`http://${server}:${PORT}`, `http://${server}:${OTHER_PORT}`, `http://${stranger}:${PORT}`];
    const seconds = await saysOf(on, NAMESPACE, "client", asked, ["200", REFUSED, REFUSED]);
    note(`allowed ${seconds.toFixed(1)} s after it was applied`);
    // Back the same way nothing begins, and a third pod is let neither out nor in.
    const [client1] = await addressesOf(on, ["client"]);
    equal(await ask(on, NAMESPACE, "server", [`http://${client1}:${PORT}`]), [REFUSED]);
    equal(await ask(on, NAMESPACE, "stranger", [`http://${server}:${PORT}`]), [REFUSED]);
  });

  suite.check("a pod of the same labels in another namespace is a stranger", [node, allowed], async ([on]) => {
    const client = on.client("administrator");
    await client.apply(namespace(ELSEWHERE));
    await until(
      () => client.apply(servingPod(ELSEWHERE, "client")).then(Boolean, () => false),
      READY_SECONDS,
      "the other namespace takes no pod",
    );
    await on.podReady(ELSEWHERE, { app: "client" }, READY_SECONDS);
    const [server] = await addressesOf(on, ["server"]);
    equal(await ask(on, ELSEWHERE, "client", [`http://${server}:${PORT}`]), [REFUSED]);
  });
}

/** Ask until the answers are these: policies hold a moment after they are written. */
export async function saysOf(
  on: OneNode,
  namespace: string,
  pod: string,
  urls: readonly string[],
  expected: readonly string[],
): Promise<number> {
  let said: readonly string[] = [];
  return until(
    async () => {
      said = await ask(on, namespace, pod, urls);
      return said.join() === expected.join();
    },
    POLICY_SECONDS,
    () => `${pod} should get ${expected.join(", ")} of ${urls.join(", ")}, and got ${said.join(", ")}`,
  );
}

async function ask(on: OneNode, namespace: string, pod: string, urls: readonly string[]): Promise<readonly string[]> {
  const command = ["exec", pod, "--namespace", namespace, "--", "/usr/bin/node", "-e", ASK, ...urls];
  const { code, stdout, tail } = await on.kubectl(command);
  if (code !== 0) throw new Error(`exec in ${pod} failed: ${tail}`);
  return JSON.parse(stdout) as readonly string[];
}

async function addressesOf(on: OneNode, names: readonly string[]): Promise<readonly string[]> {
  const client = on.client("administrator");
  const pods = await Promise.all(names.map((name) => client.get(servingPod(NAMESPACE, name))));
  return pods.map(({ status }) => (status as { readonly podIP: string }).podIP);
}

function policy(name: string, spec: object): KubeObject {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name, namespace: NAMESPACE }, spec };
}

function labelled(app: string): object {
  return { matchLabels: { app } };
}

function from(app: string, peer: object): object {
  return { podSelector: labelled(app), policyTypes: ["Ingress"], ingress: [{ from: [peer], ports: [{ port: PORT }] }] };
}

function to(app: string, peer: object): object {
  return { podSelector: labelled(app), policyTypes: ["Egress"], egress: [{ to: [peer], ports: [{ port: PORT }] }] };
}
