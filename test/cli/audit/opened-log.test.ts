import { join } from "node:path";
import { LogIndex } from "../../../cli/audit/log-index";
import { LogMemory } from "../../../cli/audit/log-memory";
import { folderReader, type LogReader } from "../../../cli/audit/log-reader";
import { openedAt } from "../../../cli/audit/opened-log";
import { entriesOf, LOG, LogOfRecords } from "../../support/audit/log-of-records";
import { scratch } from "../../support/cli";

const folder = scratch("audit-opened");
const log = new LogOfRecords(join(folder.path, "log"));
const policy = { key: LOG.key };

test("a newer checkpoint that another process remembers while the log is read is no rollback", async () => {
  log.write(entriesOf(5));
  const newer = log.read("checkpoint");
  log.write(entriesOf(3));
  const memory = new LogMemory(join(folder.path, "cache"), LOG.key);
  const files = folderReader(log.folder);
  const reader: LogReader = {
    name: files.name,
    read: (path) => {
      const bytes = files.read(path);
      if (path === "checkpoint") memory.keep(newer);
      return bytes;
    },
  };
  expect((await openedAt(reader, policy, memory)).records.size).toBe(3);
});

test("fails when a newer checkpoint was remembered before the log is read", async () => {
  log.write(entriesOf(5));
  const memory = new LogMemory(join(folder.path, "later"), LOG.key);
  await openedAt(folderReader(log.folder), policy, memory);
  log.write(entriesOf(3));
  await expect(openedAt(folderReader(log.folder), policy, memory)).rejects.toThrow(
    "the log had 5 entries and now says 3",
  );
});

test("an index reads the records behind its segments once for all that it finds, and finds each by its name alone", async () => {
  log.write(entriesOf(600));
  const files = folderReader(log.folder);
  const bundles: string[] = [];
  const reader: LogReader = {
    name: files.name,
    read: (path) => {
      if (path.startsWith("tile/entries/")) bundles.push(path);
      return files.read(path);
    },
  };
  const memory = new LogMemory(join(folder.path, "indexed"), LOG.key);
  const index = new LogIndex(memory, (await openedAt(reader, policy, memory)).records);
  const found = (await index.find("txn", "txn-0")).concat(await index.find("txn", "txn-1"));
  expect(found.map(({ index: at }) => at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(await index.find("token", "txn-0")).toEqual([]);
  expect(bundles).toHaveLength(3);
});
