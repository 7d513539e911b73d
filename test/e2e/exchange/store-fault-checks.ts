import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { resolve } from "node:path";
import { readWriter, missingRecord } from "../../support/audit/writer-records";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { systemClock } from "../../../runtime/clock";
import { DYNAMODB_BOUNDS } from "../../../runtime/store/dynamodb-store";
import { onceKey } from "../../../runtime/store/keys";
import { type StateStore, StoreUnavailable, type Write } from "../../../runtime/store/store";
import { signalGroup, start } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { createTable, everything, storeAt } from "./state-table";
import { type Fate, StoreProxy } from "./store-proxy";

const ROOT = resolve(__dirname, "../../..");
/** A request to the exchange takes at most 10 s. */
const MOST_SECONDS = 8;

interface Faulty {
  readonly proxy: StoreProxy;
  readonly store: StateStore;
  readonly url: string;
  readonly table: string;
}

export function faultChecks(suite: Suite, moto: Check<Moto>): void {
  let count = 0;
  const check = (name: string, act: (faulty: Faulty, note: (text: string) => void) => Promise<void>): unknown =>
    suite.check(`store: ${name}`, [moto], async ([{ url }], note) => {
      const table = `faults-${count++}`;
      await createTable(url, table);
      const proxy = await StoreProxy.before(url);
      const store = storeAt(proxy.url, table, systemClock, DYNAMODB_BOUNDS);
      try {
        await act({ proxy, store, url, table }, note);
      } finally {
        await store.close();
        await proxy.stop();
      }
    });

  check("one that is refused once is written at the second attempt", async (faulty) => {
    faulty.proxy.fate = (transaction) => (transaction === 1 ? "refuse" : "pass");
    await faulty.store.write(both());
    equal(faulty.proxy.transactions, 2);
    equal((await everything(faulty.url, faulty.table)).size, 2);
  });
  for (const [name, fate, written] of [
    ["refuses", "refuse", 0],
    ["hears nothing", "lose-request", 0],
    ["does not answer in time", "hold", 0],
    ["writes and its answer is lost", "lose-answer", 2],
  ] as const) {
    check(`fails in time where DynamoDB ${name}, with all of it written or nothing`, (faulty, note) =>
      failsWhole(faulty, fate, written, note),
    );
    check(`no record is missing where DynamoDB ${name} in between`, (faulty) => recordsSurvive(faulty, fate));
  }
  check("fails in time where nothing is read", async ({ proxy, store }) => {
    for (const fate of ["refuse", "lose-request", "hold"] as const) {
      proxy.others = fate;
      await inTime(() => rejects(store.read([onceKey("a", "1")]), StoreUnavailable));
      await inTime(() => rejects(store.list("p", "", 1), StoreUnavailable));
      await inTime(() => rejects(store.identity(), StoreUnavailable));
    }
  });
  check("a process that is killed between write and answer leaves all of an act, or nothing", killedBetween);
}

const both = (): readonly Write[] => [
  { kind: "put", key: onceKey("a", "1"), value: 1, when: "absent" },
  { kind: "add", key: onceKey("b", "1"), amount: 1, atMost: 9 },
];

async function failsWhole(
  { proxy, store, url, table }: Faulty,
  fate: Fate,
  written: number,
  note: (text: string) => void,
) {
  proxy.fate = () => fate;
  const seconds = await inTime(() => rejects(store.write(both()), StoreUnavailable));
  note(`after ${proxy.transactions} attempts and ${seconds.toFixed(1)} s`);
  equal((await everything(url, table)).size, written);
}

/** Acts before, while and after DynamoDB fails; what is known to be done is on record, and everything on record was done. */
async function recordsSurvive({ proxy, store, url, table }: Faulty, fate: Fate): Promise<void> {
  const ledger = new AuditLedger({ store });
  const commit = (name: string) =>
    ledger.commit({
      writes: [{ kind: "put", key: onceKey("act", name), value: name, when: "absent" }],
      event: { kind: "written", time: 1, facts: { name } },
    });
  await commit("before");
  proxy.fate = () => fate;
  await inTime(() => rejects(commit("meanwhile"), StoreUnavailable));
  proxy.fate = () => "pass";
  await commit("after");
  const { records, head } = await readWriter(store, ledger.writer);
  equal(missingRecord(records, head), undefined);
  const names = records.map(({ facts }) => facts.name);
  equal(names, fate === "lose-answer" ? ["before", "meanwhile", "after"] : ["before", "after"]);
  const once = [...(await everything(url, table)).keys()].filter((key) => key.startsWith("once#"));
  equal(once.sort(), names.map((name) => `once#act#${String(name)} once`).sort());
}

async function killedBetween({ proxy, store, url, table }: Faulty, note: (text: string) => void): Promise<void> {
  for (const deadly of [1, 2, 5]) {
    for (const when of ["before", "after"] as const) {
      const writer = `killed-${when}-${deadly}`;
      const answered = await killedAt(proxy, table, writer, deadly, when);
      const { records, head } = await readWriter(store, writer);
      equal(missingRecord(records, head), undefined);
      // Before it arrives nothing is written, afterwards all of it, and the caller learns of neither.
      const expected = when === "before" ? deadly - 1 : deadly;
      equal(answered, deadly - 1);
      equal(
        records.map(({ facts }) => facts.number),
        Array.from({ length: expected }, (_, index) => index + 1),
      );
      const once = [...(await everything(url, table)).keys()].filter((key) => key.startsWith(`once#${writer}#`));
      equal(once.length, expected);
      // The same evidence is not accepted again: fails closed.
      const again = new AuditLedger({ store });
      const act = {
        writes: [{ kind: "put", key: onceKey(writer, `${deadly}`), value: 0, when: "absent" }],
        event: { kind: "again", time: 1, facts: {} },
      } as const;
      if (when === "after") await rejects(again.commit(act), { name: "StoreConflict", failed: [0] });
      else await again.commit(act);
    }
  }
  note("killed at the first, second and fifth write, before and after it arrived");
}

/** @returns how many acts it was told of */
async function killedAt(
  proxy: StoreProxy,
  table: string,
  writer: string,
  deadly: number,
  when: "before" | "after",
): Promise<number> {
  proxy.transactions = 0;
  const script = ["-r", "@swc-node/register", "test/e2e/exchange/store-writer.ts", proxy.url, table, writer];
  const child = start(process.execPath, script, { cwd: ROOT });
  let said = "";
  child.stdout.on("data", (text: string) => (said += text));
  child.stderr.resume();
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  const kill = async (transaction: number): Promise<void> => {
    if (transaction !== deadly) return;
    signalGroup(child, "SIGKILL");
    await ended;
  };
  if (when === "after") proxy.answered = kill;
  else
    proxy.fate = async (transaction) => {
      await kill(transaction);
      return transaction === deadly ? "lose-request" : "pass";
    };
  equal(await ended, "SIGKILL", said);
  proxy.answered = () => undefined;
  proxy.fate = () => "pass";
  return said.split("\n").filter((line) => line.startsWith("answered")).length;
}

async function inTime(act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await act();
  const seconds = (performance.now() - begun) / 1_000;
  ok(seconds < MOST_SECONDS, `it took ${seconds.toFixed(1)} s`);
  return seconds;
}
