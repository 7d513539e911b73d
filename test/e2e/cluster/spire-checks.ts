import { deepStrictEqual as equal, match, ok } from "node:assert";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { KubeError, type KubeObject } from "../spire/kube-client";
import { DEPLOYER_MAY_ALL, eventually, write } from "../spire/platform-checks";
import { saysOf } from "./network-checks";
import { NODE_NAME } from "./addresses";
import type { OneNode } from "./one-node";
import { CHANGED, renderedSpire, serverVolume } from "./rendered-spire";
import { NODE_AGENT, SERVER, serverSays } from "./spire-server";
import { namespace, pod, servingPod } from "./test-pods";

const READY_SECONDS = 240;
const GRPC = 8081;
/** A namespace that is neither the platform's nor an agent's */
export const STRANGERS = "strangers";

/**
 * SPIRE as the example fleet renders it, in pods, below its own admission and network policies
 *
 * @param images once the node has them; its value names those of an object
 */
export function spireChecks(
  suite: Suite,
  node: Check<OneNode>,
  dns: Check,
  images: Check<(object: KubeObject) => KubeObject>,
): Check {
  const applied = suite.check(
    "spire: foundation and spire apply as they are rendered",
    [node, images],
    async ([on, withImages], note) => {
      const { objects, leftOut } = renderedSpire();
      const folder = join(on.folder, "spire-data");
      mkdirSync(folder);
      // The server's user is not this machine's.
      chmodSync(folder, 0o777);
      await on.client("administrator").apply(DEPLOYER_MAY_ALL);
      const deployer = on.client("deployer");
      await deployer.apply(serverVolume(folder));
      // Kinds and records hold a moment after they are written; what is refused for longer is told.
      for (const object of objects)
        await eventually(
          () => write(deployer, { ...object, object: withImages(object.object) }),
          () => true,
        );
      note(`${objects.length} objects; in their pods: ${CHANGED}`);
      for (const object of leftOut) note(`not here: ${object}`);
    },
  );

  const standing = suite.check(
    "spire: the server runs, and the agent below it",
    [node, dns, applied],
    async ([on], note) => {
      for (const { namespace, labels } of [SERVER, NODE_AGENT]) {
        const [seconds, name] = await on.podReady(namespace, labels, READY_SECONDS);
        note(`${name} is Ready ${seconds.toFixed(1)} s later`);
      }
    },
  );

  suite.check(
    "spire: the node is attested by its pod's token, and agents get the bundle",
    [node, standing],
    async ([on]) => {
      const { agents } = (await serverSays(on, ["agent", "list"])) as { readonly agents: readonly Attested[] };
      equal(
        agents.map(({ attestation_type }) => attestation_type),
        ["k8s_psat"],
      );
      const { selectors, id } = agents[0] as Attested;
      match(id.path, /^\/spire\/agent\/k8s_psat\/prod\//);
      const values = selectors.map(({ value }) => value);
      ok(values.includes(`agent_node_name:${NODE_NAME}`) && values.includes("agent_sa:spire-agent"), values.join(", "));
      const bundle = {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "spire-bundle", namespace: NODE_AGENT.namespace },
      };
      const { data = {} } = (await on.client("administrator").get(bundle)) as {
        data?: Readonly<Record<string, string>>;
      };
      match(data["bundle.spiffe"] ?? "", /"x509-svid"/);
    },
  );

  suite.check("spire: not even an administrator gets into its pods", [node, standing], async ([on]) => {
    const { code, stderr } = await on.kubectl(["exec", "spire-server-0", "-n", SERVER.namespace, "--", "/bin/true"]);
    equal(code, 1);
    match(stderr, /ValidatingAdmissionPolicy 'ambit-pod-access'/);
  });

  suite.check("spire: no other pod mounts the folder of the agent's socket", [node, standing], async ([on]) => {
    const client = on.client("administrator");
    await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: STRANGERS } });
    const thief = withFolder(pod(STRANGERS, "thief", {}), "/run/spire/agent-sockets");
    let refusal: unknown;
    await until(
      async () => {
        refusal = await client.create(thief, { dryRun: true }).catch((error: unknown) => error);
        return refusal instanceof KubeError && refusal.message.includes("ambit-host-paths");
      },
      READY_SECONDS,
      () => `it should be refused by ambit-host-paths, and was: ${String(refusal)}`,
    );
  });

  suite.check("spire: packets of a stranger do not reach the server", [node, standing], async ([on]) => {
    await strangerOn(on);
    const server = await on.client("administrator").get({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "spire-server-0", namespace: SERVER.namespace },
    });
    const { podIP } = server.status as { readonly podIP: string };
    await saysOf(
      on,
      STRANGERS,
      "stranger",
      [`http://${podIP}:${GRPC}`, `http://${podIP}:8080/ready`],
      ["ECONNREFUSED", "ECONNREFUSED"],
    );
  });
  return standing as Check;
}

/** A Ready pod without an agent, from which packets are sent; an existing one is used again */
export async function strangerOn(on: OneNode): Promise<void> {
  const client = on.client("administrator");
  await client.apply(namespace(STRANGERS));
  // The namespace's service account comes a moment after it.
  const isTaken = (): Promise<boolean> => client.apply(servingPod(STRANGERS, "stranger")).then(Boolean, () => false);
  await until(isTaken, READY_SECONDS, `${STRANGERS} takes no pod`);
  await on.podReady(STRANGERS, { app: "stranger" }, READY_SECONDS);
}

interface Attested {
  readonly id: { readonly path: string };
  readonly attestation_type: string;
  readonly selectors: readonly { readonly value: string }[];
}

function withFolder(pod: KubeObject, path: string): KubeObject {
  const spec = { ...(pod.spec as object), volumes: [{ name: "tmp", hostPath: { path } }] };
  return { ...pod, spec };
}
