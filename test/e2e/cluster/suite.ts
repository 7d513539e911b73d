import type { Suite } from "../harness/suite";
import { agentChecks } from "./agent-checks";
import { attackChecks } from "./attack-checks";
import { attestationChecks } from "./attestation-checks";
import { callChecks } from "./call-checks";
import { containerChecks } from "./containers/container-checks";
import { controlChecks } from "./control-checks";
import { COREDNS } from "./coredns";
import { endChecks } from "./end-checks";
import { imageChecks } from "./image-checks";
import { nodeImages } from "./images";
import { checkMachine } from "./machine";
import { networkChecks } from "./network-checks";
import { oidcChecks } from "./oidc-checks";
import { OneNode } from "./one-node";
import { pathChecks } from "./paths/path-checks";
import { podChecks } from "./pod-checks";
import { probeBegins, probeEnds } from "./probe-checks";
import { nodePrograms } from "./programs";
import { readyChecks } from "./ready-checks";
import { recordChecks } from "./record-checks";
import { rolloutChecks } from "./rollout-checks";
import { spireChecks } from "./spire-checks";
import { killChecks, stopChecks } from "./stop-checks";
import { temporary } from "./temporary";
import { userChecks } from "./user-checks";

const READY_SECONDS = 240;

/** A real cluster of one node: what every suite that runs pods stands on */
export function clusterSuite(suite: Suite): void {
  const machine = suite.check("this machine can run a node", [], () => checkMachine());
  const programs = suite.check("the programs of a node are built", [machine], () => nodePrograms());
  const images = suite.check("images are made without a registry", [programs], ([built]) =>
    nodeImages(temporary(suite, "images"), built),
  );

  const node = suite.check("the node is Ready", [programs, images], async ([built, made], note) => {
    const started = await OneNode.start(built, { images: made, told: note });
    suite.afterwards(() => started.stop());
    return started;
  });
  const dns = suite.check("the cluster's DNS runs as a pod", [node], async ([on], note) => {
    const client = on.client("administrator");
    for (const object of COREDNS) await client.apply(object);
    const [seconds, pod] = await on.podReady("kube-system", { "k8s-app": "kube-dns" }, READY_SECONDS);
    note(`${pod} is Ready after ${seconds.toFixed(1)} s`);
  });

  const pods = podChecks(suite, node);
  networkChecks(suite, node, dns, pods);
  const built = imageChecks(suite, node, dns);
  const spire = spireChecks(suite, node, dns, built);
  const agents = agentChecks(suite, node, spire);
  readyChecks(suite, node, agents);
  const control = controlChecks(suite, node, agents);
  const containers = containerChecks(suite, node, control);
  const called = callChecks(suite, node, control);
  const asked = userChecks(suite, node, control, agents);
  recordChecks(suite, control, [called, asked]);
  attestationChecks(suite, node, control);
  oidcChecks(suite, node, control);
  pathChecks(suite, node, control);
  const stopped = probeBegins(suite, node, containers);
  const restored = killChecks(suite, node, containers);
  rolloutChecks(suite, node, control, containers);
  stopChecks(suite, node, restored);
  attackChecks(suite, node, control);
  probeEnds(suite, node, stopped);
  endChecks(suite, node, programs);
}
