import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SCOPE } from "../../../cli/dev/development-registry";
import { freePort } from "../../../cli/dev/free-port";
import { opaConfig } from "../../../constructs/decision/private/opa-config";
import { opaFlags } from "../../../constructs/decision/private/opa-flags";
import { bundleFiles, tarGz } from "../../../policies/bundle";
import { SIGNATURES, signBundle } from "../../../policies/signature";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";
import type { Signer } from "../../../runtime/signer/signer";
import { serve, type Server } from "../harness/server";

export interface PodOpaProps {
  readonly program: string;
  /** Its socket is in `run` */
  readonly folder: string;
  readonly policy: FleetDocument["policy"];
  readonly signer: Signer;
  readonly revision: number;
}

/** OPA as in a pod of the gateway, with a bundle that is mounted */
export class PodOpa {
  private constructor(
    public readonly process: Server,
    public readonly socket: string,
  ) {}

  public static async start({ program, folder, policy, signer, revision }: PodOpaProps): Promise<PodOpa> {
    const at = (...names: readonly string[]): string => join(folder, ...names);
    const [config, socket, bundle] = [at("opa.json"), at("run", "opa.sock"), at("bundle.tar.gz")];
    const signing = { signer, revision, scope: SCOPE, issuedAt: 0 };
    const files = await signBundle(bundleFiles(JSON.stringify(policy)), signing);
    // A bundle that is mounted has no key to be verified with; its revision is in its data.
    files.delete(SIGNATURES);
    writeFileSync(bundle, tarGz(files));
    const configured = opaConfig({ platform: "prod", bundle: { file: bundle }, persistence: at("opa") });
    writeFileSync(config, JSON.stringify(configured));
    const diagnosticPort = await freePort();
    const flags = opaFlags({ config, listener: { socket }, diagnosticPort });
    const process = await serve({
      name: "OPA",
      command: program,
      args: flags.map((flag) => flag.replace("0.0.0.0:", "127.0.0.1:")),
      ready: async () => (await fetch(`http://127.0.0.1:${diagnosticPort}/health?bundles`)).ok,
    });
    return new PodOpa(process, socket);
  }
}
