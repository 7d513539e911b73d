import type { Block } from "../block";
import { blockOf, type BlockBody } from "../value";
import { manifestOf } from "./manifest";

/** A registration of SPIRE's controller manager (spire-crds 0.6.0), by the names of its API */
export interface Registration {
  readonly kind: string;
  readonly at: string;
  readonly spec: BlockBody;
}

const KINDS = new Set(["ClusterSPIFFEID", "ClusterStaticEntry"]);

/** @throws UndecidedValue for a manifest that is known at apply only */
export function registrationsOf(block: Block): readonly Registration[] {
  if (block.type !== "kubernetes_manifest") return [];
  const { kind, manifest } = manifestOf(block);
  const at = "manifest.spec";
  return KINDS.has(kind) ? [{ kind, at, spec: blockOf(manifest, "spec", at) ?? {} }] : [];
}
