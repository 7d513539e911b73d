import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { logPrograms } from "../../e2e/audit/programs";
import { run } from "../../e2e/harness/process";
import { entryOf, LOG, LogOfRecords } from "../../support/audit/log-of-records";
import { type Comparison, isWithin } from "../comparison";
import { inTurns } from "../exchange/turns";
import { machineName } from "../machine";

/** What the project promises: times of Tessera's fsck on the same tiles */
export const LIMITS = { one: 2.5, two: 1.5 } as const;

export interface AuditResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  readonly records: number;
  readonly comparisons: readonly Comparison[];
}

export interface AuditBenchProps {
  readonly records: number;
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

/** Whole processes that verify one log, by turns: Tessera's fsck, and ambit with one thread and with two. */
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
    const program = built(folder);
    const verify = (threads: number) => () =>
      timed(process.execPath, [program, log, LOG.vkey, String(threads)], /^\d+\n$/);
    progress(`verifying it, ${rounds} rounds`);
    const times = await inTurns(
      {
        fsck: () =>
          timed(fsck, [`--storage_url=file://${log}/`, `--public_key=${key}`, "--ui=false", "--N=4"], /Successfully/),
        one: verify(1),
        two: verify(2),
      },
      rounds,
    );
    const plain = times["fsck"] ?? [];
    const comparisons = [
      { what: "one thread", unit: "ms", ambit: times["one"] ?? [], plain, limit: LIMITS.one },
      { what: "two threads", unit: "ms", ambit: times["two"] ?? [], plain, limit: LIMITS.two },
    ] as const;
    return { machine: machineName(), busy, records, comparisons };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function isAccepted({ comparisons }: AuditResult): boolean {
  return comparisons.every(isWithin);
}

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
function built(folder: string): string {
  buildSync({
    entryPoints: {
      verify: join(__dirname, "processes", "verify.ts"),
      "chunk-thread": join(__dirname, "../../../cli/audit/chunk-thread.ts"),
    },
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["./chunk-thread", "@aws-sdk/*"],
    logLevel: "error",
  });
  return join(folder, "verify.js");
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
