import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { epochCommand } from "../../cli/epoch";
import { readWriter, missingRecord } from "../support/audit/writer-records";
import { readEpoch } from "../../runtime/session/epoch";
import { AUDIT_WRITERS, epochKey } from "../../runtime/store/keys";
import { LevelStore } from "../../runtime/store/level-store";
import type { StateStore } from "../../runtime/store/store";
import { called, scratch } from "../support/cli";

const folder = scratch("epoch");
let count = 0;

const ambit = (...args: readonly string[]) => called([epochCommand], "epoch", ...args);
const cells = (text: string): readonly string[][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {2,}/));

async function within<T>(path: string, act: (store: StateStore) => Promise<T>): Promise<T> {
  const store = await LevelStore.open(path);
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

/** A store that an exchange has used with the key k1 */
async function used(): Promise<string> {
  const path = join(folder.path, `${count++}`);
  await within(path, (store) => readEpoch(store, ["k1"]));
  return path;
}

/** The same from a backup, in another folder */
function restoredFrom(path: string): string {
  cpSync(path, `${path}-restored`, { recursive: true, preserveTimestamps: true });
  return `${path}-restored`;
}

describe("ambit epoch show", () => {
  test("says which epoch it is, and that the store is its own", async () => {
    const { code, stdout, stderr } = await ambit("show", "--level", await used());
    expect([code, stderr]).toEqual([0, ""]);
    expect(cells(stdout)).toEqual([
      ["epoch", "1"],
      ["state", "in use"],
      ["store", expect.stringMatching(/^folder:[0-9a-f-]{36}$/)],
      ["keys", "k1"],
      ["void keys", "none"],
    ]);
  });

  test("says that a store was restored, with the fix, and exits with 1", async () => {
    const { code, stdout } = await ambit("show", "--level", restoredFrom(await used()));
    expect(code).toBe(1);
    expect(cells(stdout)[1]).toEqual(["state", "restored; run ambit epoch bump"]);
  });

  test("says that none has begun, and begins none", async () => {
    const path = join(folder.path, `${count++}`);
    await within(path, async () => undefined);
    const { code, stdout } = await ambit("show", "--level", path);
    expect(code).toBe(0);
    expect(cells(stdout).slice(0, 2)).toEqual([
      ["epoch", "none"],
      ["state", "not begun; the exchange begins it"],
    ]);
    expect(await within(path, (store) => store.read([epochKey()]))).toEqual([undefined]);
  });

  test("says the same as JSON", async () => {
    const path = await used();
    const own = JSON.parse((await ambit("show", "--level", path, "--json")).stdout);
    expect(own).toEqual({
      epoch: 1,
      state: "in use",
      identity: own.identity,
      begunIn: own.identity,
      keys: ["k1"],
      voidKeys: [],
    });
    const { code, stdout } = await ambit("show", "--level", restoredFrom(path), "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ state: "restored", begunIn: own.identity });
    expect(JSON.parse(stdout).identity).not.toBe(own.identity);
  });
});

describe("ambit epoch bump", () => {
  test("makes a restored store usable, with the keys of before void and a record of it", async () => {
    const path = restoredFrom(await used());
    await within(path, (store) => expect(readEpoch(store, ["k1"])).rejects.toThrow("store.restored"));
    const { code, stdout, stderr } = await ambit("bump", "--level", path, "--void-key", "k2", "--void-key", "k3");
    expect([code, stderr]).toEqual([0, ""]);
    expect(cells(stdout)).toEqual([
      ["epoch", "2"],
      ["state", "in use"],
      ["store", expect.stringMatching(/^folder:/)],
      ["keys", "none"],
      ["void keys", "k1, k2, k3"],
    ]);
    await within(path, async (store) => {
      expect(await readEpoch(store, ["k4"])).toEqual({ epoch: 2, voidKeys: ["k1", "k2", "k3"] });
      const [writer] = await store.list(AUDIT_WRITERS, "", 9);
      const { records, head } = await readWriter(store, writer?.key.sort as string);
      expect(missingRecord(records, head)).toBeUndefined();
      expect(records).toMatchObject([{ kind: "epoch.bumped", facts: { epoch: 2, voidKeys: ["k1", "k2", "k3"] } }]);
    });
    expect((await ambit("show", "--level", path)).code).toBe(0);
  });

  test("fails when the exchange has the folder open", async () => {
    const path = await used();
    await within(path, async () => {
      expect(await ambit("bump", "--level", path)).toEqual({
        code: 1,
        stdout: "",
        stderr: `ambit: the store in ${path} cannot be opened: another process has it open: stop it, or name another folder\n`,
      });
    });
  });

  test("fails when there is no such folder, and makes none", async () => {
    const path = join(folder.path, "misspelt");
    const { code, stderr } = await ambit("bump", "--level", path);
    expect([code, stderr]).toEqual([
      1,
      `ambit: there is no folder ${path}: name the one that the exchange keeps its state in\n`,
    ]);
    expect(existsSync(path)).toBe(false);
  });
});

test.each([
  [[], "name either --table or --level"],
  [["--table", "t", "--level", "l"], "name either --table or --level"],
  [["--level", "l", "--region", "r"], "--region is that of a --table"],
])("fails when called with %j", async (args, message) => {
  for (const command of ["show", "bump"]) {
    expect(await ambit(command, ...args)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
  }
});

test("fails when a key to void has no name", async () => {
  const { code, stderr } = await ambit("bump", "--level", "l", "--void-key", "");
  expect([code, stderr]).toEqual([64, 'ambit: --void-key must name a key, got ""\n']);
});

test("helps, with examples and exit codes", async () => {
  const { code, stdout } = await ambit("bump", "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("ambit epoch bump --table ambit-prod-state --region eu-central-1");
  expect(stdout).toContain("Exit codes: ");
});
