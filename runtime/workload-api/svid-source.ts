import type { Clock } from "../clock";
import { FilesSource } from "./files-source";
import type { IdentityConfig } from "./identity-config";
import type { SvidSource } from "./svid";
import { WorkloadApi } from "./workload-api";

/** As a configuration says. Apart from its schema, because a function has no Workload API and reads that schema too. */
export function svidSource({ workloadApi, files }: IdentityConfig, clock: Clock): SvidSource {
  if (files !== undefined) {
    const { certificate: cert, key, bundle } = files;
    return new FilesSource({ cert, key, bundle, clock });
  }
  return new WorkloadApi({ socket: workloadApi as string, clock });
}
