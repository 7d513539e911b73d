import { deepStrictEqual as equal, match } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Suite } from "../harness/suite";
import { AmbitAudit, type Said } from "./ambit-audit";
import type { LogBucket } from "./log-bucket";
import type { Written } from "./suite";
import { entriesOf, sizeOf, verdictsOf } from "./verified";

const LINES = 5;
const BUNDLE = "tile/entries/000";

interface Report {
  readonly isSound: boolean;
  readonly checkpoint: { readonly size: number; readonly root: string };
  readonly counts: Readonly<Record<string, number>>;
}

/** `ambit audit` reads the bucket itself, as who verifies a log does, and says the same as programs of others say of a copy. */
export function readerChecks(suite: Suite, { moto, world, programs, folder }: Written): void {
  const needs = [moto, world, programs, folder] as const;
  const ambitOf = (url: string, log: LogBucket, copy: string) => new AmbitAudit(url, log.vkeyFile, `${copy}-cache`);

  suite.check("ambit audit verify reads the log in S3, and comes to fsck's size and root", needs, async (all, note) => {
    const [{ url }, { log }, built, copy] = all;
    const { fsck } = await verdictsOf(copy, log, built);
    const said = await ambitOf(url, log, copy).verify(log.place, "--json");
    equal(verdictIn(said), fsck);
    note(`${fsck}`);
  });

  suite.check("ambit audit tail shows the last records of the log in S3", needs, async ([{ url }, { log }, , copy]) => {
    const { code, stdout } = await ambitOf(url, log, copy).tail(log.place, "--lines", String(LINES), "--json");
    const last = entriesOf(copy).slice(-LINES).map(String);
    equal([code, stdout.trimEnd().split("\n")], [0, last]);
  });

  suite.check(
    "ambit audit prove takes a record from S3, and its proof is verified without S3",
    needs,
    async ([{ url }, { log }, , copy]) => {
      const [index, out] = [Math.floor(sizeOf(copy) / 2), `${copy}-proofs`];
      const record = JSON.parse((entriesOf(copy)[index] as Buffer).toString()) as Readonly<Record<string, unknown>>;
      const of = ["--writer", String(record["writer"]), "--sequence", String(record["sequence"])];
      const proven = await ambitOf(url, log, copy).prove(log.place, ...of, "--out", out, "--json");
      equal(proven.code, 0, proven.stderr);
      const [{ record: file, proof }] = JSON.parse(proven.stdout) as [Readonly<Record<"record" | "proof", string>>];
      equal(readFileSync(file), entriesOf(copy)[index]);
      const offline = new AmbitAudit("http://127.0.0.1:9", log.vkeyFile, copy);
      const { code, stdout } = await offline.verify("--proof", proof, "--record", file);
      equal(code, 0);
      match(stdout, new RegExp(`is entry ${index} of ${sizeOf(copy)} in`));
      const other = join(out, "other.json");
      log.write(other, JSON.stringify({ ...record, time: 1 }));
      equal((await offline.verify("--proof", proof, "--record", other)).code, 3);
    },
  );

  suite.check(
    "ambit audit verify and tail fail on a tampered record in S3, and name the file and the fix",
    needs,
    async ([{ url }, { log }, , copy]) => {
      const ambit = ambitOf(url, log, copy);
      const before = await log.object(BUNDLE);
      const changed = Buffer.from(before);
      changed[20] = (changed[20] as number) ^ 1;
      await log.overwrite(BUNDLE, changed);
      try {
        const verified = await ambit.verify(log.place, "--json");
        equal([verified.code, Object.keys((JSON.parse(verified.stdout) as Report).counts)], [3, ["entry.other"]]);
        const tailed = await ambit.tail(log.place, "--lines", String(sizeOf(copy)));
        equal([tailed.code, /entry\.other[^]*restore its bundle/.test(tailed.stderr)], [3, true], tailed.stderr);
      } finally {
        await log.overwrite(BUNDLE, before);
      }
      equal((await ambit.verify(log.place)).code, 0);
    },
  );
}

/** Size and root as fsck prints them; undefined where the log is not sound */
export function verdictIn({ code, stdout, stderr }: Said): string | undefined {
  if (code !== 0 && code !== 3) throw new Error(stderr);
  const { isSound, checkpoint } = JSON.parse(stdout) as Report;
  equal(isSound, code === 0);
  if (!isSound) return undefined;
  return `${checkpoint.size} ${checkpoint.root}`;
}
