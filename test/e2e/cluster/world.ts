import type { Check, Suite } from "../harness/suite";
import type { KubeObject } from "../spire/kube-client";
import { agentChecks, type AgentProps } from "./agent-checks";
import { COREDNS } from "./coredns";
import { imageChecks } from "./image-checks";
import { nodeImages } from "./images";
import { checkMachine } from "./machine";
import { type NodeOptions, OneNode } from "./one-node";
import { nodePrograms } from "./programs";
import { spireChecks } from "./spire-checks";
import { temporary } from "./temporary";

const READY_SECONDS = 240;

/** A node with what every pod of it needs */
export interface NodeWorld {
  readonly programs: Check<Awaited<ReturnType<typeof nodePrograms>>>;
  readonly node: Check<OneNode>;
  /** Names are answered from here on. */
  readonly dns: Check;
}

export function nodeWorld(suite: Suite, options: Pick<NodeOptions, "restartsWithin"> = {}): NodeWorld {
  const machine = suite.check("this machine can run a node", [], () => checkMachine());
  const programs = suite.check("the programs of a node are built", [machine], () => nodePrograms());
  const images = suite.check("images are made without a registry", [programs], ([built]) =>
    nodeImages(temporary(suite, "images"), built),
  );

  const node = suite.check("the node is Ready", [programs, images], async ([built, made], note) => {
    const started = await OneNode.start(built, { ...options, images: made, told: note });
    suite.afterwards(() => started.stop());
    return started;
  });
  const dns = suite.check("the cluster's DNS runs as a pod", [node], async ([on], note) => {
    const client = on.client("administrator");
    for (const object of COREDNS) await client.apply(object);
    const [seconds, pod] = await on.podReady("kube-system", { "k8s-app": "kube-dns" }, READY_SECONDS);
    note(`${pod} is Ready after ${seconds.toFixed(1)} s`);
  });
  return { programs, node, dns: dns as Check };
}

export interface AgentWorldProps extends AgentProps {
  /** Once the others are built: what names the images of SPIRE in an object @default - those of this cluster stay */
  readonly images?: (built: Check) => Check<(object: KubeObject) => KubeObject>;
}

/** SPIRE and agents of the example fleet on a node, as they are rendered: an agent that serves has its SVID. */
export function agentWorld(
  suite: Suite,
  { node, dns }: NodeWorld,
  { images = asRendered(suite), ...agents }: AgentWorldProps = {},
): Check<string> {
  const built = imageChecks(suite, node, dns);
  return agentChecks(suite, node, spireChecks(suite, node, dns, images(built)), agents);
}

function asRendered(suite: Suite) {
  return (built: Check) =>
    suite.check("images: pods have those of this cluster", [built], () => (object: KubeObject) => object);
}
