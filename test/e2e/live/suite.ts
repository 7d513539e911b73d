import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsCliPython } from "../audit/trail-judges";
import { kubernetesPrograms } from "../cluster/programs";
import type { Suite } from "../harness/suite";
import { startCluster } from "../spire/cluster";
import { clusterPrograms } from "../spire/programs";
import { motoPython, startMoto } from "../terraform/moto";
import { foundChecks } from "./found-checks";
import { LiveWorld } from "./live-world";
import { narrowingChecks } from "./narrowing-checks";
import { unknownChecks } from "./unknown-checks";

const ACCOUNT = "111122223333";

/** `ambit inventory --live` with the real AWS command line and kubectl, on moto, a stand-in for what moto has not, and a real API server */
export function liveSuite(suite: Suite): void {
  const moto = suite.check("moto answers", [], async () => {
    const started = await startMoto(await motoPython(), ACCOUNT);
    suite.afterwards(() => started.stop());
    return started;
  });
  const aws = suite.check("AWS's command line is installed", [], () => awsCliPython());
  const cluster = suite.check("kube-apiserver answers", [], async () => {
    const folder = mkdtempSync(join(tmpdir(), "ambit-live-k-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const started = await startCluster(await clusterPrograms(), folder);
    suite.afterwards(() => started.stop());
    return started;
  });
  const kubectl = suite.check("kubectl is built", [], async () => (await kubernetesPrograms()).kubectl);
  const world = suite.check(
    "a small fleet is synthesized, and deployed to AWS, the cluster and the registry",
    [moto, cluster, aws, kubectl],
    async ([stand, real, python, program]) => {
      const made = await LiveWorld.start(suite, stand, real, { aws: python, kubectl: program });
      await made.deploy();
      return made;
    },
  );
  const found = foundChecks(suite, world);
  const narrowed = narrowingChecks(suite, world, found, aws);
  unknownChecks(suite, world, narrowed);
}
