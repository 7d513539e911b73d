import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "../harness/suite";
import { admissionChecks } from "./admission-checks";
import { attestationChecks } from "./attestation-checks";
import { clientChecks } from "./client-checks";
import { configChecks } from "./config-checks";
import { customResourceChecks } from "./custom-resource-checks";
import { databaseChecks } from "./database-checks";
import { driftChecks } from "./drift-checks";
import { faultChecks } from "./fault-checks";
import { identityChecks } from "./identity-checks";
import { platformChecks } from "./platform-checks";
import { podChecks } from "./pod-checks";
import { clusterPrograms, spirePrograms } from "./programs";
import { rightsChecks } from "./rights-checks";

/** What is rendered for SPIRE, its database and its cluster, on the programs that read it; and attacks on it. */
export function spireSuite(suite: Suite): void {
  // Sockets lie in it, so the path is short.
  const folder = mkdtempSync(join(tmpdir(), "ambit-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));

  const spire = suite.check("SPIRE is built", [], () => spirePrograms());
  const kubernetes = suite.check("etcd and kube-apiserver are built", [], () => clusterPrograms());

  configChecks(suite, spire, join(folder, "c"));
  databaseChecks(suite, spire);

  const platform = platformChecks(suite, kubernetes, join(folder, "k"));
  customResourceChecks(suite, kubernetes, platform, join(folder, "d"));
  driftChecks(suite, platform);
  rightsChecks(suite, platform);
  const cluster = suite.check("admission: the cluster is the platform's", [platform], ([standing]) => standing.cluster);
  // Before the stack with the list of killed agents, which is theirs to fill.
  admissionChecks(suite, cluster);
  podChecks(suite, platform);
  const attested = attestationChecks(suite, spire, platform);
  identityChecks(suite, spire, platform, attested);
  clientChecks(suite, spire, platform);
  faultChecks(suite, spire, platform);
}
