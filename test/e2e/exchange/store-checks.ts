import { deepStrictEqual as equal, ok } from "node:assert";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { readWriter, missingRecord } from "../../support/audit/writer-records";
import { onceKey } from "../../../runtime/store/keys";
import { CONTRACT_TIME, STORE_CONTRACT } from "../../support/store-contract";
import { run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { createTable, storeAt } from "./state-table";
import { faultChecks } from "./store-fault-checks";

const ROOT = resolve(__dirname, "../../..");
const ROUNDS = 25;
const TRIALS = 1_000;
const TRIALS_PER_TABLE = 50;
const RACE_SECONDS = 600;

/** State in DynamoDB: the contract of every store, two processes at once, and all faults. */
export function storeChecks(suite: Suite, moto: Check<Moto>): void {
  let count = 0;
  for (const [sentence, check] of STORE_CONTRACT) {
    suite.check(`store: DynamoDB ${sentence}`, [moto], async ([{ url }]) => {
      const table = `contract-${count++}`;
      await createTable(url, table);
      const clock = { now: CONTRACT_TIME };
      const store = storeAt(url, table, () => clock.now);
      await check({ store, clock, rounds: ROUNDS });
      await store.close();
    });
  }
  suite.check("store: of two processes that race for a key, exactly one wins", [moto], ([{ url }], note) =>
    race(url, note),
  );
  faultChecks(suite, moto);
}

async function race(url: string, note: (text: string) => void): Promise<void> {
  const tables = Array.from({ length: TRIALS / TRIALS_PER_TABLE }, (_, number) => `race-${number}`);
  for (const table of tables) await createTable(url, table);
  const racers = await raced(url, tables);
  for (const table of tables)
    await oneWonEach(
      url,
      table,
      racers.map((racer) => racer[table] as Raced),
    );
  const [first = 0, second = 0] = racers.map((racer) =>
    tables.reduce((sum, table) => sum + (racer[table]?.won.length ?? 0), 0),
  );
  equal(first + second, TRIALS);
  // Where one had won nearly all, they would not have raced.
  ok(Math.min(first, second) > TRIALS / 20, `they won ${first} and ${second}`);
  note(`${TRIALS} trials, won ${first} : ${second}`);
}

async function oneWonEach(url: string, table: string, racers: readonly Raced[]): Promise<void> {
  const store = storeAt(url, table);
  for (let trial = 0; trial < TRIALS_PER_TABLE; trial++) {
    const winners = racers.filter(({ won }) => won.includes(trial));
    equal(winners.length, 1, `trial ${trial} of ${table} was won by ${winners.length}`);
    const [item] = await store.read([onceKey("race", `${trial}`)]);
    equal(item?.value, winners[0]?.writer);
  }
  for (const { writer, won } of racers) {
    const { records, head } = await readWriter(store, writer);
    equal(missingRecord(records, head), undefined);
    equal(
      records.map(({ facts }) => facts.trial),
      won,
    );
  }
  await store.close();
}

interface Raced {
  readonly writer: string;
  readonly won: readonly number[];
}

/** What each of two processes won, by table */
async function raced(url: string, tables: readonly string[]): Promise<readonly Readonly<Record<string, Raced>>[]> {
  const meeting = createServer().listen(0, "127.0.0.1");
  await once(meeting, "listening");
  const waiting: ServerResponse[] = [];
  meeting.on("request", (_, answer: ServerResponse) => {
    waiting.push(answer);
    if (waiting.length === 2) for (const each of waiting.splice(0)) each.end();
  });
  const at = `http://127.0.0.1:${(meeting.address() as AddressInfo).port}`;
  const script = ["-r", "@swc-node/register", "test/e2e/exchange/store-racer.ts"];
  const args = [...script, url, at, `${TRIALS_PER_TABLE}`, ...tables];
  const racer = async () => {
    const { code, stdout, tail } = await run(process.execPath, args, { cwd: ROOT, timeoutSeconds: RACE_SECONDS });
    equal(code, 0, tail);
    return JSON.parse(stdout) as Record<string, Raced>;
  };
  try {
    return await Promise.all([racer(), racer()]);
  } finally {
    meeting.closeAllConnections();
    meeting.close();
  }
}
