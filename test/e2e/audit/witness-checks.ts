import { deepStrictEqual as equal, match, ok } from "node:assert";
import { join } from "node:path";
import { auditCommand } from "../../../cli/audit";
import { run as ambit } from "../../../cli/program";
import { noteKeyIn } from "../../../runtime/audit/tlog/note-key";
import { Witness } from "../../../runtime/audit/witness/witness";
import { serveWitness } from "../../../runtime/audit/witness/witness-server";
import type { WitnessingConfig } from "../../../runtime/exchange/witnessing-config";
import { systemClock } from "../../../runtime/clock";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { WITNESS } from "../../support/audit/log-of-records";
import { refusedRequests, takenRequests, type WitnessRequest } from "../../support/audit/witness-requests";
import { history, WitnessedLog } from "../../support/audit/witnessed-log";
import { WITNESS_SIGNER } from "../../support/audit/witness-signer";
import { run } from "../harness/process";
import { until } from "../harness/until";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { Litewitness } from "./litewitness";
import { LogWorld } from "./log-world";
import type { Written } from "./suite";
import { sizeOf } from "./verified";

const ACTS = 20;
const FEWER = 8;
const PUBLISHED_SECONDS = 60;
/** Ten minutes without a witness, where it is an alarm after five and acts are refused after fifteen, sixty times faster */
const BOUNDS = { alarmSeconds: 5, refuseSeconds: 15 };
const GONE_SECONDS = 5;

interface Verified {
  readonly code: number;
  readonly codes: readonly string[];
}

/** litewitness of others and our own witness: what they cosign, what they refuse, and what happens without them */
export function witnessChecks(
  suite: Suite,
  { world, programs, folder, moto, witness }: Written & { moto: Check<Moto>; witness: Check<Litewitness> },
): void {
  suite.check(
    "litewitness has cosigned the log that was written while processes were killed, as ambit audit verify sees",
    [world, witness, folder],
    async ([at, { vkey }, log]) => equal(await verified(at, log, vkey), { code: 0, codes: [] }),
  );

  suite.check(
    "a client of torchwood has our own witness cosign that log, and litewitness the same",
    [world, programs, witness, folder],
    async ([at, { check }, lite, log], note) => {
      const near = await nearWitness(at.log.vkey);
      suite.afterwards(() => near.close());
      for (const [url, vkey] of [
        [near.url, WITNESS.vkey],
        [lite.url, lite.vkey],
      ] as const) {
        const { stdout, tail } = await run(check, ["cosign", log, at.log.vkey, url, vkey]);
        match(stdout, new RegExp(`^cosigned ${sizeOf(log)} entries at \\d+\n$`), tail);
        note(stdout.trim());
      }
    },
  );

  const small = suite.check(
    "a small log is cosigned by its own litewitness",
    [moto, programs],
    async ([stand, { litewitness }]) => {
      const { at, lite } = await cosignedWorld(suite, stand, litewitness, "audit-witnessed");
      const process = at.process(ACTS);
      await process.answered(ACTS);
      await process.end();
      const log = await at.log.copy();
      equal(await verified(at, log, lite.vkey), { code: 0, codes: [] });
      return { at, lite, log };
    },
  );

  suite.check(
    "the owner sets the log back: litewitness refuses it, nothing is added, and ambit audit verify finds it",
    [moto, small],
    async ([stand, { at, lite, log }], note) => {
      const other = await otherLog(suite, stand, at, "audit-rollback");
      const process = other.process(FEWER);
      await process.until((lines) => lines.some(({ event }) => event === "audit.forked"));
      const because = String(process.lines.find(({ event }) => event === "audit.forked")?.["because"]);
      await process.kill();
      match(because, /has cosigned \d+ entries, the log has \d+: it was set back/);
      note(because);
      // Without the witness the owner goes on.
      other.witnessing = undefined;
      await aloneIn(other, FEWER);
      const [copy, since] = [await other.log.copy(), join(log, "checkpoint")];
      equal(await verified(at, copy, lite.vkey), { code: 3, codes: ["checkpoint.witness"] });
      equal(await verified(at, copy, undefined, since), { code: 3, codes: ["checkpoint.rollback"] });
    },
  );

  suite.check(
    "the owner shows another log that goes on further: litewitness refuses it, and ambit audit verify finds it",
    [moto, small],
    async ([stand, { at, lite, log }], note) => {
      const other = await otherLog(suite, stand, at, "audit-split");
      const { witnessing } = other;
      other.witnessing = undefined;
      await aloneIn(other, ACTS + FEWER);
      other.witnessing = witnessing;
      const process = other.process(ACTS);
      await process.until((lines) => lines.some(({ event }) => event === "audit.forked"));
      const because = String(process.lines.find(({ event }) => event === "audit.forked")?.["because"]);
      await process.kill();
      match(because, /the log of \d+ entries does not begin with the \d+ that the witness/);
      note(because);
      const [copy, since] = [await other.log.copy(), join(log, "checkpoint")];
      equal(await verified(at, copy, lite.vkey), { code: 3, codes: ["checkpoint.witness"] });
      equal(await verified(at, copy, undefined, since), { code: 3, codes: ["checkpoint.split-view"] });
    },
  );

  suite.check(
    "our witness and litewitness answer the same to all that they refuse",
    [witness],
    async ([lite], note) => {
      const log = WitnessedLog.named("requests.example/log");
      await lite.addLog(log.origin, log.keys.vkey);
      const near = await nearWitness(log.keys.vkey);
      suite.afterwards(() => near.close());
      const rows = refusedRequests(log);
      const told = async (url: string, { body, answer }: WitnessRequest): Promise<unknown> => {
        const response = await fetch(`${url}/add-checkpoint`, { method: "POST", body });
        const text = await response.text();
        return answer === undefined || response.status !== 409 ? response.status : [response.status, text];
      };
      const begin = { body: log.request(0, history(12), 5) } as WitnessRequest;
      for (const { url } of [near, lite]) equal(await told(url, begin), 200);
      let differ = 0;
      for (const row of rows) {
        const { what, status, litewitness = status, answer } = row;
        const asSaid = (code: number): unknown => (answer === undefined || code !== 409 ? code : [code, answer]);
        equal([what, await told(near.url, row)], [what, asSaid(status)]);
        equal([what, await told(lite.url, row)], [what, asSaid(litewitness)]);
        if (litewitness !== status) differ += 1;
      }
      const taken = WitnessedLog.named("taken.example/log");
      await lite.addLog(taken.origin, taken.keys.vkey);
      for (const row of takenRequests(taken)) equal([row.what, await told(lite.url, row)], [row.what, 200]);
      note(`${rows.length} requests, of which litewitness answers ${differ} otherwise than C2SP says`);
    },
  );

  suite.check(
    "a witness is gone: it is alarmed, acts go on until the bound and are refused from there on, and go on when it is back",
    [moto, programs],
    async ([stand, { litewitness }], note) => {
      const { at, lite: own } = await cosignedWorld(suite, stand, litewitness, "audit-witness-gone");
      at.witnessing = { ...(at.witnessing as WitnessingConfig), ...BOUNDS };
      const [process, other] = [at.process(), at.process()];
      suite.afterwards(() => Promise.all([process.kill(), other.kill()]).then(() => undefined));
      await Promise.all([process.answered(ACTS), other.answered(ACTS)]);
      await own.kill();
      const all = [process, other];
      const has = (event: string) =>
        Promise.all(all.map((each) => each.until((lines) => lines.some((line) => line.event === event))));
      await has("audit.unwitnessed");
      const answered = all.map((each) => each.lines.filter(({ event }) => event === "answered").length);
      await new Promise((resolve) => setTimeout(resolve, GONE_SECONDS * 1_000));
      for (const [index, each] of all.entries()) {
        const now = each.lines.filter(({ event }) => event === "answered").length;
        ok(now > (answered[index] as number), "acts go on while it is gone");
        ok(!each.lines.some(({ event }) => event === "refused"), "nothing is refused before the bound");
      }
      await has("refused");
      equal(
        new Set(
          all.flatMap(({ lines }) => lines.filter(({ event }) => event === "refused").map((line) => line["code"])),
        ),
        new Set(["audit.unwitnessed"]),
      );
      await own.startAgain();
      await has("audit.witnessed");
      const before = all.map((each) => each.lines.filter(({ event }) => event === "answered").length);
      await Promise.all(all.map((each, index) => each.answered((before[index] as number) + ACTS)));
      await Promise.all(all.map((each) => each.end()));
      equal(await verified(at, await at.log.copy(), own.vkey), { code: 0, codes: [] });
      ok(!all.some(({ lines }) => lines.some(({ event }) => event === "audit.forked")));
      const refused = all.reduce((sum, { lines }) => sum + lines.filter(({ event }) => event === "refused").length, 0);
      note(`${refused} acts were refused`);
    },
  );
}

/** What `ambit audit verify` says */
async function verified(at: LogWorld, log: string, witness: string | undefined, since?: string): Promise<Verified> {
  let stdout = "";
  const io = { out: (text: string) => void (stdout += text), err: () => undefined };
  const asked = witness === undefined ? [] : ["--witness", witness];
  const args = ["audit", "verify", log, "--key", at.log.vkey, "--json", ...asked, ...(since ? ["--since", since] : [])];
  const code = await ambit([auditCommand], args, io);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly code: string }[] };
  return { code, codes: findings.map((finding) => finding.code) };
}

/** A log of its own, and a witness of its own that knows it */
async function cosignedWorld(
  suite: Suite,
  stand: Moto,
  program: string,
  name: string,
): Promise<{ readonly at: LogWorld; readonly lite: Litewitness }> {
  const lite = await Litewitness.start(program);
  suite.afterwards(() => lite.stop());
  const at = await LogWorld.start(stand, name);
  suite.afterwards(() => at.stop());
  await lite.addLog(at.log.config.origin, at.log.vkey);
  at.witnessing = { witnesses: [{ url: lite.url, key: lite.vkey }] };
  return { at, lite };
}

/** A process writes, and integrates all of it once the lease is free. */
async function aloneIn(world: LogWorld, acts: number): Promise<void> {
  const process = world.process(acts);
  await process.answered(acts);
  const isThere = (): Promise<boolean> => world.log.object("checkpoint").then(Boolean, () => false);
  await until(isThere, PUBLISHED_SECONDS, "the log has no checkpoint");
  await process.end();
}

/** Another log, signed by the same key, as the owner of the key can make one */
async function otherLog(suite: Suite, stand: Moto, at: LogWorld, name: string): Promise<LogWorld> {
  const other = await LogWorld.start(stand, name, at.log.key);
  suite.afterwards(() => other.stop());
  other.witnessing = at.witnessing;
  return other;
}

async function nearWitness(vkey: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const witness = new Witness({
    logs: [noteKeyIn(vkey)],
    store: new MemoryStore(),
    signer: WITNESS_SIGNER,
    clock: systemClock,
    log: () => undefined,
  });
  const { port, close } = await serveWitness(witness, { host: "127.0.0.1", port: 0 });
  return { url: `http://127.0.0.1:${port}`, close };
}
