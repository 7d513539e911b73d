import { cpSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { FolderIdentity, type FolderRecord } from "../../../runtime/store/folder-identity";
import { LevelStore } from "../../../runtime/store/level-store";
import type { StateStore, Write } from "../../../runtime/store/store";
import { scratch } from "../../support/cli";
import { depth } from "../../support/depth";
import { CONTRACT_TIME, STORE_CONTRACT } from "../../support/store-contract";

const folder = scratch("level");
const opened: StateStore[] = [];
let count = 0;
const newFolder = (): string => join(folder.path, `${count++}`);

async function open(path: string, clock?: () => number): Promise<LevelStore> {
  const store = await LevelStore.open(path, clock);
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const key = { partition: "p", sort: "s" };
const put = (value: number, expiresAt?: number): Write => ({
  kind: "put",
  key: { ...key, sort: `${value}` },
  value,
  when: "any",
  ...(expiresAt !== undefined && { expiresAt }),
});

describe("LevelStore", () => {
  test.each(STORE_CONTRACT)("%s", async (_, check) => {
    const clock = { now: CONTRACT_TIME };
    await check({ store: await open(newFolder(), () => clock.now), clock, rounds: depth(60) });
  });

  test("has what was written when it is opened again, and the same name", async () => {
    const path = newFolder();
    const before = await open(path);
    const name = await before.identity();
    await before.write([put(1), put(2)]);
    await before.close();
    const after = await open(path);
    expect((await after.list("p", "", 10)).map(({ value, version }) => [value, version])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await after.identity()).toBe(name);
  });

  test("is another store where the folder was copied, also into its old place", async () => {
    const path = newFolder();
    const store = await open(path);
    const name = await store.identity();
    await store.close();
    const moved = `${path}-before`;
    renameSync(path, moved);
    cpSync(moved, path, { recursive: true, preserveTimestamps: true });
    expect(await (await open(path)).identity()).not.toBe(name);
    expect(await (await open(moved)).identity()).toBe(name);
  });

  /** A store with one write, and what it was before that, while it was open or not */
  async function setBack(backup: "closed" | "open") {
    const path = newFolder();
    const before = await open(path);
    const name = await before.identity();
    const save = () => cpSync(path, `${path}-backup`, { recursive: true, preserveTimestamps: true });
    if (backup === "open") save();
    await before.close();
    if (backup === "closed") save();
    const after = await open(path);
    await after.write([put(1)]);
    await after.close();
    return { path, name, saved: `${path}-backup` };
  }

  test.each(["closed", "open"] as const)(
    "is another store where its files of when it was %s came back",
    async (when) => {
      const { path, name, saved } = await setBack(when);
      // As rsync does that leaves a file alone which looks the same.
      for (const file of readdirSync(path)) if (file !== "AMBIT-STORE") rmSync(join(path, file));
      cpSync(saved, path, { recursive: true, filter: (source) => !source.endsWith("AMBIT-STORE") });
      const store = await open(path);
      expect(await store.list("p", "", 10)).toEqual([]);
      const other = await store.identity();
      expect(other).not.toBe(name);
      await store.close();
      expect(await (await open(path)).identity()).toBe(other);
    },
  );

  test("is another store where all of it came back into its place", async () => {
    const { path, name, saved } = await setBack("closed");
    rmSync(path, { recursive: true });
    cpSync(saved, path, { recursive: true, preserveTimestamps: true });
    expect(await (await open(path)).identity()).not.toBe(name);
  });

  test.each(["before", "after"])("is the same store where the process ended %s the file was written", async (when) => {
    const records: FolderRecord[] = [];
    const memory = {
      read: async () => records.at(-1),
      write: async (record: FolderRecord) => void records.push(record),
    };
    const path = folder.path;
    const { name } = await FolderIdentity.of(path, memory);
    const ended = {
      ...memory,
      write: async (record: FolderRecord) => {
        if (when === "before" || !record.changing) throw new Error("the process ended");
        await memory.write(record);
      },
    };
    await expect(FolderIdentity.of(path, ended)).rejects.toThrow("ended");
    expect((await FolderIdentity.of(path, memory)).name).toBe(name);
  });

  test("removes what has expired when it is opened", async () => {
    const path = newFolder();
    let now = CONTRACT_TIME;
    const store = await open(path, () => now);
    await store.write([put(1, now + 5), put(2)]);
    await store.close();
    now += 5;
    await (await open(path, () => now)).close();
    now -= 5;
    const later = await open(path, () => now);
    expect((await later.list("p", "", 10)).map(({ value }) => value)).toEqual([2]);
  });

  test("removes what has expired while it is open, and nothing else", async () => {
    let now = CONTRACT_TIME;
    const store = await open(newFolder(), () => now);
    const batch = (round: number) =>
      store.write(
        Array.from({ length: 100 }, (_, index) => put(round * 100 + index, round < 150 ? now + 5 : now + 50)),
      );
    for (let round = 0; round < 199; round++) await batch(round);
    now += 5;
    await batch(199);
    now -= 5;
    let left = await store.list("p", "", 20_000);
    for (; left.length > 5_000; left = await store.list("p", "", 20_000)) await pause(20);
    expect(left.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 5_000 }, (_, index) => 15_000 + index),
    );
  });

  test("fails when another process has the folder open", async () => {
    const path = newFolder();
    await open(path);
    await expect(LevelStore.open(path)).rejects.toThrow(
      `the store in ${path} cannot be opened: another process has it open: stop it, or name another folder`,
    );
  });

  test("fails when the folder is a file", async () => {
    const path = folder.put("file", "text");
    await expect(LevelStore.open(path)).rejects.toThrow(`the store in ${path} cannot be opened: `);
    expect(readdirSync(folder.path)).toContain("file");
  });

  test("fails when it was closed, and says that nothing is known", async () => {
    const store = await open(newFolder());
    await store.close();
    await expect(store.read([key])).rejects.toMatchObject({ name: "StoreUnavailable" });
    await expect(store.write([put(1)])).rejects.toMatchObject({ name: "StoreUnavailable" });
    await expect(store.list("p", "", 1)).rejects.toMatchObject({ name: "StoreUnavailable" });
  });
});
