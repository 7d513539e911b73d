import type { Checkpoint } from "../../runtime/audit/tlog/checkpoint";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { checkConsistency } from "../../runtime/audit/tlog/proof";
import { TreeHashes } from "../../runtime/audit/tlog/tree-hashes";
import type { Finding } from "./finding";
import { type SignedTree, UnsoundTree } from "./signed-tree";

/**
 * Whether the log is consistent with an older checkpoint. Both are signed, so a finding here is proof to anyone who
 * has both.
 */
export async function compareWith(
  old: Checkpoint,
  tree: SignedTree,
  report: (finding: Finding) => void,
): Promise<void> {
  const { size, root } = tree.head;
  if (old.size > size) {
    const what = `the log had ${old.size} entries and now says ${size}`;
    return report({ code: "checkpoint.rollback", index: size, what });
  }
  if (old.size === size && !Buffer.from(old.root).equals(root)) {
    const what = `there are two checkpoints of ${size} entries with different roots`;
    return report({ code: "checkpoint.split-view", index: size, what });
  }
  try {
    const proof = await new TreeHashes(size, tree.readTile).consistencyProof(old.size);
    checkConsistency(old, tree.head, proof);
  } catch (error) {
    // Tiles that do not match their signed hash say nothing about the checkpoint, and are reported elsewhere.
    if (error instanceof UnsoundTree) return;
    if (!(error instanceof LogError)) throw error;
    const what = `the log of ${size} entries does not begin with the ${old.size} that it signed before`;
    report({ code: "checkpoint.split-view", index: old.size, what });
  }
}
