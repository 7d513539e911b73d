import { join } from "node:path";
import { ChunkVerifier } from "../../../cli/audit/chunk";
import { folderReader } from "../../../cli/audit/log-reader";
import { bundleOf } from "../../../runtime/audit/tlog/entry-bundle";
import { leafHash } from "../../../runtime/audit/tlog/merkle-hash";
import { entriesOf, entryOf, LogOfRecords } from "../../support/audit/log-of-records";
import { scratch } from "../../support/cli";

const folder = scratch("audit-chunk");
const log = new LogOfRecords(join(folder.path, "log"));
const [TILE, BUNDLE] = ["tile/0/000.p/3", "tile/entries/000.p/3"];

test("fails when the last tile and its bundle are changed once the root was compared", async () => {
  log.write(entriesOf(3));
  const edge = log.read(TILE);
  const entries = entriesOf(3).map((entry, at) => (at === 1 ? entryOf("writer-1", 1, { agent: "unknown" }) : entry));
  log.put(TILE, Buffer.concat(entries.map(leafHash)));
  log.put(BUNDLE, bundleOf(entries));
  const verifier = new ChunkVerifier(folderReader(log.folder));
  const { found } = await verifier.verify({ first: 0, count: 1, size: 3, above: [], edge });
  expect(found.counts).toEqual([["entry.other", 1]]);
});
