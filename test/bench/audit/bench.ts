import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { logPrograms } from "../../e2e/audit/programs";
import { run } from "../../e2e/harness/process";
import { entryOf, LOG, LogOfRecords } from "../../support/audit/log-of-records";
import { type Comparison, isWithin, median } from "../comparison";
import { inTurns } from "../exchange/turns";
import { machineName } from "../machine";

/** What the project promises: times of Tessera's fsck on the same tiles */
export const LIMITS = { one: 2.5, two: 1.5 } as const;
/** Within this a transaction is traced, in milliseconds */
export const TRACE_LIMIT = 1_000;

export interface AuditResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  readonly records: number;
  readonly comparisons: readonly Comparison[];
  /** Milliseconds of `ambit audit trace` for one transaction, behind the first time, which makes the index */
  readonly traces: readonly number[];
}

export interface AuditBenchProps {
  readonly records: number;
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/**
 * Whole processes that read one log, by turns: Tessera's fsck, ambit that verifies with one thread and with two, and ambit that traces
 * one transaction.
 */
export async function auditBench({ records, rounds, progress }: AuditBenchProps): Promise<AuditResult> {
  const [busy = NaN] = loadavg();
  const { fsck } = await logPrograms();
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-audit-"));
  try {
    progress(`writing a log of ${records} records`);
    const log = join(folder, "log");
    new LogOfRecords(log).write(Array.from({ length: records }, (_, at) => entry(at)));
    const key = join(folder, "log.vkey");
    writeFileSync(key, LOG.vkey);
    const { verifies, traces } = built(folder);
    const verify = (threads: number) => () =>
      timed(process.execPath, [verifies, log, LOG.vkey, String(threads)], /^\d+\n$/);
    const asked = [TRANSACTION, "--log", log, "--key", key, "--cache", join(folder, "cache")];
    const trace = (): Promise<number> => timed(process.execPath, [traces, ...asked], TRACED);
    progress("making its index");
    await trace();
    progress(`verifying it and tracing a transaction, ${rounds} rounds`);
    const times = await inTurns(
      {
        fsck: () =>
          timed(fsck, [`--storage_url=file://${log}/`, `--public_key=${key}`, "--ui=false", "--N=4"], /Successfully/),
        one: verify(1),
        two: verify(2),
        trace,
      },
      rounds,
    );
    const plain = times["fsck"] ?? [];
    const comparisons = [
      { what: "one thread", unit: "ms", ambit: times["one"] ?? [], plain, limit: LIMITS.one },
      { what: "two threads", unit: "ms", ambit: times["two"] ?? [], plain, limit: LIMITS.two },
    ] as const;
    return { machine: machineName(), busy, records, comparisons, traces: times["trace"] ?? [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isAccepted({ comparisons, traces }: AuditResult): boolean {
  return comparisons.every(isWithin) && median(traces) <= TRACE_LIMIT;
}

const TRANSACTION = "txn-1000";
/** Its eight records, the last of them too */
const TRACED = /3a8e6b0e-8c3c-4d5e-9d5f-000000008007/;

/** Of four writers, some 400 bytes long as those of the exchange are */
function entry(at: number): Buffer {
  return entryOf(`9f6a3c2e-0000-4000-8000-00000000000${at % 4}`, Math.floor(at / 4) + 1, {
    agent: "support-triage",
    audience: "tool:orders",
    observed: [],
    revision: 7,
    run: `run-${at}`,
    sid: `sid-${at}`,
    spiffeId: "spiffe://acme.example/agent/support-triage",
    task: "answer",
    token: `3a8e6b0e-8c3c-4d5e-9d5f-${String(at).padStart(12, "0")}`,
    txn: `txn-${Math.floor(at / 8)}`,
  });
}

/** As it ships: JavaScript, with the thread in a file beside it */
function built(folder: string): { readonly verifies: string; readonly traces: string } {
  buildSync({
    entryPoints: {
      verify: join(__dirname, "processes", "verify.ts"),
      trace: join(__dirname, "processes", "trace.ts"),
      "chunk-thread": join(__dirname, "../../../cli/audit/chunk-thread.ts"),
    },
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["./chunk-thread", "@aws-sdk/*"],
    logLevel: "error",
  });
  return { verifies: join(folder, "verify.js"), traces: join(folder, "trace.js") };
}

/** Milliseconds. @param success what it must say, as fsck's exit code is 0 otherwise too */
async function timed(program: string, args: readonly string[], success: RegExp): Promise<number> {
  const start = performance.now();
  const { stdout, stderr } = await run(program, args);
  const milliseconds = performance.now() - start;
  if (!success.test(stdout + stderr))
    throw new Error(`${program} does not say that the log is sound: ${stderr.slice(0, 500)}`);
  return milliseconds;
}
