import { deepStrictEqual as equal, ok } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditRecord } from "../../../runtime/audit/audit";
import { keysOf } from "../../support/audit/log-of-records";
import { AmbitAudit } from "../audit/ambit-audit";
import { logPrograms } from "../audit/programs";
import { verdictIn } from "../audit/reader-checks";
import { verdictsOf } from "../audit/verified";
import { type Check, Skipped, type Suite } from "../harness/suite";
import { FaultWorld } from "./fault-world";
import type { InUse } from "./identity-checks";
import { killChecks } from "./kill-checks";
import { type Answered, claimsIn, tokenOf } from "./real-agent";
import type { RealChain } from "./real-chain";
import { skewChecks } from "./skew-checks";
import type { Fate } from "./store-proxy";

/** A request takes at most 10 s. */
const MOST_SECONDS = 10;
const SLOW_MILLISECONDS = 1_000;
/** That has cosigned nothing */
const OTHER_WITNESS = keysOf("other.example/witness", "cosignature");
/** At the store itself there are 1,000 (store-checks). */
const TRIALS = 25;

type Note = (text: string) => void;

/** The whole exchange under faults of its dependencies: it issues only what is written, and recovers by itself. */
export function exchangeFaultChecks(suite: Suite, inUse: Check<InUse>): void {
  const faulty = suite.check("faults: two processes share a store", [inUse], ([used]) => FaultWorld.start(suite, used));
  const check = (name: string, act: (world: FaultWorld, note: Note) => Promise<void>): Check<void> =>
    suite.check(`faults: ${name}`, [faulty], async ([world], note) => {
      try {
        await act(world, note);
      } finally {
        world.healed();
      }
    });
  check("fails in time where the store is unavailable, and works when it is back", storeUnavailable);
  check("waits where the store is slow", storeSlow);
  check("decides again where its conditional write is lost", writeLost);
  check("fails closed where the write happens and the answer is lost", answerLost);
  check("fails in time where KMS throttles or hangs, and works when it is back", kmsThrottled);
  check("when two processes race for one start token, exactly one wins", raced);
  skewChecks(check);
  killChecks(check);
  check("every issued token is on record", async (world, note) => {
    const written = new Set((await world.written()).map(({ facts }) => facts.token));
    for (const token of world.got) ok(written.has(token), `${token} is not written down`);
    note(`${world.got.length} tokens of ${written.size} that were written`);
  });
  const verifiers = suite.check("faults: fsck and torchwood's client are built", [], () => logPrograms());
  const kept = suite.check(
    "faults: all that is on record of them, killed and cut off, is in a log that fsck and torchwood accept",
    [faulty, verifiers],
    async ([world, programs], note) => {
      const folder = await world.wholeLog();
      const { fsck, check } = await verdictsOf(folder, world.log, programs);
      ok(fsck !== undefined && fsck === check, `fsck said ${fsck}, torchwood ${check}`);
      note(`size and root: ${fsck}`);
      return { folder, fsck };
    },
  );
  suite.check(
    "faults: litewitness has cosigned all of that log",
    [inUse, faulty, kept],
    async ([used, world, { fsck }], note) => {
      const { witness, log } = world;
      if (witness === undefined)
        throw new Skipped("no ssh-agent or no ssh-keygen on the PATH to hold litewitness's key");
      const ambit = new AmbitAudit(used.world.url, log.vkeyFile, `${used.world.folder}/cosigned-cache`);
      equal(verdictIn(await ambit.verify(log.place, "--witness", witness.vkey, "--json")), fsck);
      const other = await ambit.verify(log.place, "--witness", OTHER_WITNESS.vkey);
      equal(other.code, 3, other.stdout);
      note(`cosigned by ${witness.name}`);
    },
  );
  suite.check(
    "faults: ambit audit reads that log in S3: fsck's root, a token's records with proofs, and its transaction",
    [inUse, faulty, kept],
    async (
      [
        {
          world: { url },
        },
        world,
        { folder, fsck },
      ],
      note,
    ) => {
      const ambit = new AmbitAudit(url, world.log.vkeyFile, `${folder}-cache`);
      equal(verdictIn(await ambit.verify(world.log.place, "--json")), fsck);
      const { facts } = (await world.written()).find(
        ({ facts: { token } }) => token === world.got.at(-1),
      ) as AuditRecord;
      const proven = await ambit.prove(
        world.log.place,
        "--token",
        String(facts.token),
        "--out",
        `${folder}-proofs`,
        "--json",
      );
      equal(proven.code, 0, proven.stderr);
      for (const { record, proof } of JSON.parse(proven.stdout) as readonly Readonly<Record<string, string>>[])
        equal((await ambit.verify("--proof", String(proof), "--record", String(record))).code, 0);
      const traced = await ambit.trace(String(facts.txn), world.log.place, "--json");
      equal(traced.code, 0, traced.stderr);
      const { steps } = JSON.parse(traced.stdout) as { readonly steps: readonly { readonly kind: string }[] };
      const kinds = steps.map(({ kind }) => kind);
      ok(kinds.includes("token.issued"), kinds.join(", "));
      const tailed = await ambit.tail(world.log.place, "--lines", "1000000", "--txn", String(facts.txn), "--json");
      equal(
        tailed.stdout
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as AuditRecord).kind),
        kinds,
      );
      note(`${kinds.length} records: ${kinds.join(", ")}`);
    },
  );
}

async function storeUnavailable(world: FaultWorld, note: Note): Promise<void> {
  const chain = world.chain("ada");
  for (const [others, fate] of [
    ["pass", "refuse"],
    ["pass", "lose-request"],
    ["pass", "hold"],
    ["refuse", "refuse"],
    ["lose-request", "lose-request"],
    ["hold", "hold"],
  ] as const satisfies readonly (readonly [Fate, Fate])[]) {
    const before = (await world.written()).length;
    world.store.others = others;
    world.store.fate = () => fate;
    const seconds = await refusedInTime(() => chain.byUser("quick", "tool:board"), "store.unavailable");
    note(`${others === "pass" ? "writes" : "reads and writes"} ${fate}: refused after ${seconds.toFixed(1)} s`);
    world.healed();
    equal((await world.written()).length, before);
    await world.granted(() => chain.byUser("quick", "tool:board"));
  }
}

/** @returns seconds until the refusal */
async function refusedInTime(ask: () => Promise<Answered>, code: string): Promise<number> {
  const begun = performance.now();
  const { status, codes, retryAfter = 0 } = await ask();
  const seconds = (performance.now() - begun) / 1_000;
  equal([status, codes], [503, [code]]);
  ok(retryAfter > 0, "it says not when to ask again");
  ok(seconds < MOST_SECONDS, `it took ${seconds.toFixed(1)} s`);
  return seconds;
}

async function storeSlow(world: FaultWorld, note: Note): Promise<void> {
  world.store.fate = async (): Promise<Fate> => {
    await sleep(SLOW_MILLISECONDS);
    return "pass";
  };
  await world.granted(() => world.chain("ada").byUser("quick", "tool:board"));
  note(`each write is ${SLOW_MILLISECONDS} ms late`);
}

/** Between read and write of one process, the other one begins the user's session. */
async function writeLost(world: FaultWorld, note: Note): Promise<void> {
  const [faulty, steady] = [world.chain("bert"), world.chain("bert", world.steady)];
  let attempts = 0;
  let between: unknown;
  // Only where a token is written: what an earlier check had refused may still be on its way to be recorded.
  world.store.fate = async (_, body): Promise<Fate> => {
    if (!body.includes("token.issued") || (attempts += 1) > 1) return "pass";
    const evidence = steady.userToken("quick", "first", true);
    between = claimsIn(await world.granted(() => steady.byUser("quick", "tool:board", {}, evidence))).sid;
    return "pass";
  };
  const { sid } = claimsIn(await world.granted(() => faulty.byUser("quick", "tool:board")));
  equal(sid, between);
  ok(attempts > 1, "the lost write was not made again");
  note(`lost once: written at attempt ${attempts}, in the session of the other`);
  let lost = 0;
  world.store.fate = (_, body) => (body.includes("token.issued") && (lost += 1) > 0 ? "conflict" : "pass");
  await refusedInTime(() => faulty.byUser("quick", "tool:board"), "store.conflict");
  note(`lost each time: store.conflict after ${lost} attempts`);
}

/** It is unknown whether it was written: so it counts as used, and no token is issued for it. */
async function answerLost(world: FaultWorld): Promise<void> {
  const chain = world.chain("cleo");
  const [before, evidence] = [await world.written(), chain.startToken("lead")];
  world.store.fate = () => "lose-answer";
  await refusedInTime(() => chain.scheduled("lead", "tool:notes", evidence), "store.unavailable");
  world.healed();
  equal((await world.written()).length, before.length + 1);
  equal((await chain.scheduled("lead", "tool:notes", evidence)).codes, ["evidence.replayed"]);
  await world.granted(() => chain.scheduled("lead", "tool:notes"));
}

async function kmsThrottled(world: FaultWorld, note: Note): Promise<void> {
  const chain = world.chain("dora");
  for (const fate of ["throttle", "refuse", "hold"] as const) {
    const [before, evidence] = [await world.written(), chain.startToken("lead")];
    world.kms.others = fate;
    const seconds = await refusedInTime(() => chain.scheduled("lead", "tool:notes", evidence), "signer.unavailable");
    note(`${fate}: refused after ${seconds.toFixed(1)} s`);
    world.healed();
    equal((await world.written()).length, before.length);
    // What was not issued is not used up.
    tokenOf(world.noted(await chain.scheduled("lead", "tool:notes", evidence)));
  }
}

async function raced(world: FaultWorld, note: Note): Promise<void> {
  const chains = [world.chain("ada"), world.chain("ada", world.steady)] as const;
  const before = await world.written();
  const won = [0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const evidence = chains[0].startToken("lead");
    const ask = (chain: RealChain) => chain.scheduled("lead", "tool:notes", evidence);
    const answers = await Promise.all(chains.map(ask));
    const winners = answers.filter(({ status }) => status === 200).length;
    // On a busy machine it may be told to ask again although its token is written.
    const isUnanswered = answers.some(({ status }) => status === 503);
    ok(winners === 1 || (winners === 0 && isUnanswered), `${winners} won`);
    for (const [index, { status }] of answers.map(world.noted.bind(world)).entries()) {
      if (status === 200) won[index] = (won[index] as number) + 1;
      // Who lost, or was told to ask again because the machine is busy, gets nothing then either.
      else equal((await ask(chains[index] as RealChain)).codes, ["evidence.replayed"]);
    }
  }
  equal((await world.written()).length, before.length + TRIALS);
  ok(
    won.some((count) => count > 0),
    "no writer won",
  );
  note(`${TRIALS} trials, won ${won.join(" : ")}`);
}
