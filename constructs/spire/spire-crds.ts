import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { Construct } from "constructs";
import { clusterFederatedTrustDomain } from "./crds/cluster-federated-trust-domain";
import { clusterSpiffeId } from "./crds/cluster-spiffeid";
import { clusterStaticEntry } from "./crds/cluster-static-entry";
import { definitionsIn } from "./private/crd-file";

export interface SpireCrdsProps {
  /**
   * YAML file with the definitions of spire-controller-manager's own release.
   *
   * @default - Ambit's, which refuse more at once
   */
  readonly file?: string;
}

/**
 * The custom resource definitions by which SPIRE's identities are registered.
 *
 * Terraform asks the cluster for a kind when it plans a resource of it, so they are in a stack that is applied earlier.
 */
export class SpireCrds extends Construct {
  /** Names of the definitions */
  public readonly names: readonly string[];

  /** @throws DeclarationError `spire.malformed` where the file holds anything else, or lacks a kind that is needed. */
  constructor(scope: Construct, id: string, props: SpireCrdsProps = {}) {
    super(scope, id);
    const own = [clusterFederatedTrustDomain, clusterSpiffeId, clusterStaticEntry];
    const needed = own.map(({ metadata }) => metadata.name);
    const definitions = props.file === undefined ? own : definitionsIn(props.file, needed, `[${this.node.path}]`);
    this.names = definitions.map(({ metadata }) => metadata.name);
    for (const manifest of definitions) {
      new Manifest(this, manifest.metadata.name, {
        manifest: manifest as object as Record<string, unknown>,
        wait: { condition: [{ type: "Established", status: "True" }] },
      });
    }
  }
}
