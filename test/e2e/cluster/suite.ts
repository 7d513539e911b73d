import type { Suite } from "../harness/suite";
import { attackChecks } from "./attack-checks";
import { attestationChecks } from "./attestation-checks";
import { LogWitness } from "./aws/log-witness";
import { budgetChecks } from "./budget-checks";
import { callChecks } from "./call-checks";
import { containerChecks } from "./containers/container-checks";
import { controlChecks } from "./control-checks";
import { endChecks } from "./end-checks";
import { livenessBegins, livenessEnds } from "./liveness-checks";
import { networkChecks } from "./network-checks";
import { oidcChecks } from "./oidc-checks";
import { pathChecks } from "./paths/path-checks";
import { podChecks } from "./pod-checks";
import { powerChecks } from "./power/power-checks";
import { probeBegins, probeEnds } from "./probe-checks";
import { readyChecks } from "./ready-checks";
import { recordChecks } from "./record-checks";
import { rolloutChecks } from "./rollout-checks";
import { killChecks, stopChecks } from "./stop-checks";
import { telemetryChecks } from "./telemetry-checks";
import { upgradeChecks } from "./upgrade-checks";
import { userChecks } from "./user-checks";
import { witnessChecks } from "./witness-checks";
import { agentWorld, nodeWorld } from "./world";

/** A real cluster of one node: what every suite that runs pods stands on */
export function clusterSuite(suite: Suite): void {
  const world = nodeWorld(suite);
  const { programs, node, dns } = world;
  const upgrade = upgradeChecks(suite, node);
  const agents = agentWorld(suite, world, { images: upgrade.images });
  const server = upgrade.server(agents);
  upgrade.agents(server, agents);
  const witness = new LogWitness();
  const control = controlChecks(suite, node, agents, { witness });
  const containers = containerChecks(suite, node, control);
  const called = callChecks(suite, node, control);
  const asked = userChecks(suite, node, control, agents);
  recordChecks(suite, control, [called, asked]);
  telemetryChecks(suite, node, control, { containers, called });
  witnessChecks(suite, node, control, witness, asked);
  // Before others hang: a container that is started anew has no process for a moment.
  const stopped = probeBegins(suite, node, containers);
  // Up to its end, what needs no exchange and no gateway
  const hanging = livenessBegins(suite, node, containers);
  networkChecks(suite, node, dns, podChecks(suite, node));
  readyChecks(suite, node, agents);
  attestationChecks(suite, node, control);
  const oidc = oidcChecks(suite, node, control);
  const restored = killChecks(suite, node, containers);
  livenessEnds(suite, node, control, hanging);
  const paths = pathChecks(suite, node, control);
  rolloutChecks(suite, node, control, containers);
  stopChecks(suite, node, restored);
  attackChecks(suite, node, control);
  probeEnds(suite, node, stopped);
  budgetChecks(suite, node, [oidc, containers]);
  powerChecks(suite, node, programs, control, { containers, paths });
  endChecks(suite, node, programs);
}
