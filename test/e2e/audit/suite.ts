import { ok } from "node:assert";
import { auditLogKey } from "../../../runtime/store/keys";
import type { LogState } from "../../../runtime/audit/integration/log-state";
import { SERIAL_MOTO } from "../exchange/state-table";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { type Moto, motoPython, startMoto } from "../terraform/moto";
import { Litewitness } from "./litewitness";
import { LogWorld } from "./log-world";
import type { RunningLogProcess } from "./running-log-process";
import { logPrograms, type LogPrograms } from "./programs";
import { cloudTrailChecks } from "./cloudtrail-checks";
import { fullChecks } from "./full-checks";
import { lossChecks } from "./loss-checks";
import { proofChecks } from "./proof-checks";
import { readerChecks } from "./reader-checks";
import { tamperChecks } from "./tamper-checks";
import { waitChecks } from "./wait-checks";
import { witnessChecks } from "./witness-checks";
import { sameAsStore, verdictsOf } from "./verified";

const ACCOUNT = "111122223333";
/** Processes at a time */
const REPLICAS = 3;
const KILLS = 6;
/** Acts that a process has answered when one is killed */
const ACTS = 30;
/** The lease of three seconds, on a busy machine */
const HOLDER_SECONDS = 60;

/** The audit log, written by processes that are killed meanwhile, and verified by programs of others */
export function auditSuite(suite: Suite): void {
  const python = suite.check("moto is installed", [], () => motoPython());
  const moto = suite.check("moto answers", [python], async ([program]) => {
    const started = await startMoto(program, ACCOUNT, [SERIAL_MOTO]);
    suite.afterwards(() => started.stop());
    return started;
  });
  const programs = suite.check("fsck and torchwood's client are built", [], () => logPrograms());
  const witness = suite.check("litewitness answers", [programs], async ([{ litewitness }]) => {
    const started = await Litewitness.start(litewitness);
    suite.afterwards(() => started.stop());
    return started;
  });
  const world = suite.check(
    "a table and a bucket with Object Lock are there, and a witness that knows the log",
    [moto, witness],
    async ([stand, lite]) => {
      const made = await LogWorld.start(stand, "audit");
      suite.afterwards(() => made.stop());
      await lite.addLog(made.log.config.origin, made.log.vkey);
      made.witnessing = { witnesses: [{ url: lite.url, key: lite.vkey }] };
      return made;
    },
  );
  const written = suite.check(
    "processes write side by side, and one after the other is killed with -9: each record is in the log once",
    [world],
    ([at], note) => killedUnderLoad(at, note),
  );
  const folder = suite.check(
    "fsck and torchwood accept the log as it is",
    [world, programs, written],
    async ([at, built]) => {
      const copy = await at.log.copy();
      const { fsck, check } = await verdictsOf(copy, at.log, built);
      ok(fsck !== undefined && fsck === check, `fsck said ${fsck}, torchwood ${check}`);
      return copy;
    },
  );
  const all = { moto, world, programs, folder };
  proofChecks(suite, all);
  witnessChecks(suite, { ...all, witness });
  tamperChecks(suite, all);
  readerChecks(suite, all);
  lossChecks(suite, moto);
  fullChecks(suite, moto, programs);
  waitChecks(suite, moto);
  cloudTrailChecks(suite, moto);
}

export interface Written {
  readonly moto: Check<Moto>;
  readonly world: Check<LogWorld>;
  readonly programs: Check<LogPrograms>;
  /** A copy of the log */
  readonly folder: Check<string>;
}

/** Each second time it is the process that integrates. */
async function killedUnderLoad(world: LogWorld, note: (text: string) => void): Promise<void> {
  const all: RunningLogProcess[] = [];
  const running = (): RunningLogProcess[] => all.slice(-REPLICAS);
  for (let at = 0; at < REPLICAS; at++) all.push(world.process());
  for (let kill = 0; kill < KILLS; kill++) {
    await Promise.all(running().map((each) => each.answered(ACTS)));
    const dies = kill % 2 === 0 ? await integrating(world, running()) : (running()[0] as RunningLogProcess);
    await dies.kill();
    all.splice(all.indexOf(dies), 1);
    all.push(world.process());
  }
  await Promise.all(running().map((each) => each.answered(ACTS)));
  await integrating(world, running());
  const ended = running();
  await Promise.all(ended.map((each) => each.end()));
  const longest = Math.max(...ended.map(({ lines }) => Number(lines.at(-1)?.["longest"])));
  // The next process integrates what the killed ones left behind.
  const last = world.process(1);
  await last.answered(1);
  await last.end();
  const size = await sameAsStore(await world.log.copy(), world.store);
  note(`${size} records, ${KILLS} processes killed; one waited for the log for ${longest.toFixed(1)} s at most`);
}

/** The process that integrates */
/** The one that integrates. Behind a holder that was killed, the others wait for its lease: on a fast machine, longer than for their acts. */
async function integrating(world: LogWorld, among: readonly RunningLogProcess[]): Promise<RunningLogProcess> {
  let holder: RunningLogProcess | undefined;
  const isFound = async (): Promise<boolean> => (holder = await holderOf(world, among)) !== undefined;
  await until(isFound, HOLDER_SECONDS, "no process took over to integrate");
  return holder as unknown as RunningLogProcess;
}

async function holderOf(world: LogWorld, among: readonly RunningLogProcess[]): Promise<RunningLogProcess | undefined> {
  const [item] = await world.store.read([auditLogKey()]);
  const { holder } = (item?.value ?? {}) as Partial<LogState>;
  return among.find(({ writer }) => writer === holder);
}
