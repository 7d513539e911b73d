import { deepStrictEqual as equal, ok } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { noteKeyIn } from "../../../runtime/audit/tlog/note-key";
import { tilePath } from "../../../runtime/audit/tlog/tile-path";
import { checkProof, proofIn, proofText } from "../../../runtime/audit/tlog/tlog-proof";
import { TreeHashes } from "../../../runtime/audit/tlog/tree-hashes";
import { run } from "../harness/process";
import type { Suite } from "../harness/suite";
import type { Written } from "./suite";
import { entriesOf, sizeOf } from "./verified";

const MOST_BYTES = 2_048;

/** One record is proven by a file of its own, to who has neither the log nor anything of ours. */
export function proofChecks(suite: Suite, { world, programs, folder }: Written): void {
  suite.check(
    "a record is proven offline in at most 2 KB, also to golang.org/x/mod, and another is not",
    [world, programs, folder],
    async ([at, { check }, log], note) => {
      const [size, entries] = [sizeOf(log), entriesOf(log)];
      const hashes = new TreeHashes(size, (name) => readFile(join(log, tilePath(name))));
      let longest = 0;
      for (const index of [0, Math.floor(size / 2), size - 1]) {
        const checkpoint = await readFile(join(log, "checkpoint"));
        const text = proofText({ index, hashes: await hashes.inclusionProof(index), checkpoint });
        longest = Math.max(longest, Buffer.byteLength(text));
        const entry = entries[index] as Buffer;
        equal(checkProof(entry, proofIn(text), { key: noteKeyIn(at.log.vkey) }).size, size);
        const proof = at.log.write("entry.tlog-proof", text);
        const proven = (of: Buffer) => run(check, ["proof", proof, at.log.write("entry.json", of), at.log.vkey]);
        equal((await proven(entry)).stdout, `entry ${index} of ${size} is in the log\n`);
        equal((await proven(Buffer.from(`${entry.toString()} `))).code, 1);
      }
      ok(longest <= MOST_BYTES, `${longest} bytes`);
      note(`${longest} bytes, of ${size} records`);
    },
  );
}
