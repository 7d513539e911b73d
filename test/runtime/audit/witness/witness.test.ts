import fc from "fast-check";
import { verifiedCheckpoint } from "../../../../runtime/audit/tlog/checkpoint";
import { cosignedAt } from "../../../../runtime/audit/tlog/cosignature";
import { noteKey } from "../../../../runtime/audit/tlog/note-key";
import { noteIn, noteText, type SignedNote } from "../../../../runtime/audit/tlog/signed-note";
import { Witness, type WitnessProps } from "../../../../runtime/audit/witness/witness";
import { witnessKey } from "../../../../runtime/store/keys";
import { MemoryStore } from "../../../../runtime/store/memory-store";
import { StoreUnavailable } from "../../../../runtime/store/store";
import { keysOf, WITNESS } from "../../../support/audit/log-of-records";
import { refusedRequests, takenRequests } from "../../../support/audit/witness-requests";
import { type Entries, history, WitnessedLog } from "../../../support/audit/witnessed-log";
import { WITNESS_SIGNER } from "../../../support/audit/witness-signer";
import { depth } from "../../../support/depth";
import { plainRoot } from "../../../support/plain-merkle-tree";

const NOW = 1_796_000_000;
const log = WitnessedLog.named("prod.example/audit");
const all = history(12);

function made(props: Partial<WitnessProps> = {}) {
  const lines: [string, unknown][] = [];
  const store = props.store ?? new MemoryStore();
  const witness = new Witness({
    logs: [log.keys.key],
    store,
    signer: WITNESS_SIGNER,
    clock: () => NOW,
    log: (event, facts) => void lines.push([event, facts]),
    ...props,
  });
  const ask = (body: string) => witness.addCheckpoint(Buffer.from(body));
  return { ask, lines, store };
}

async function cosigned(): Promise<ReturnType<typeof made>> {
  const one = made();
  expect((await one.ask(log.request(0, all, 5))).status).toBe(200);
  return one;
}

test("what it answers is its cosignature of now, below the checkpoint that was sent", async () => {
  const { ask } = made();
  const checkpoint = log.checkpoint(all, 3);
  const { body, type } = await ask(log.request(0, all, 3));
  const note = noteIn(Buffer.from(noteText(checkpoint) + body));
  expect(verifiedCheckpoint(Buffer.from(noteText(note)), log.keys.key).checkpoint.size).toBe(3);
  expect([type, cosignedAt(note, WITNESS.key)]).toEqual(["text/plain; charset=utf-8", NOW]);
});

test("it takes a checkpoint that goes on from the last one, however far", async () => {
  const { ask } = made();
  for (const { what, body, status } of takenRequests(log))
    expect([what, (await ask(body)).status]).toEqual([what, status]);
});

test.each(refusedRequests(log).map((each) => [each.what, each] as const))(
  "fails when it is sent %s",
  async (_, { body, status, answer }) => {
    const { ask } = await cosigned();
    const told = await ask(body);
    expect(told.status).toBe(status);
    if (answer !== undefined) expect(told).toMatchObject({ type: "text/x.tlog.size", body: answer });
    // Nothing that is refused moves it.
    expect((await ask(log.request(5, all, 8))).status).toBe(200);
  },
);

test("logs are kept apart, and each of several keys of one signs for it", async () => {
  const next = keysOf(log.origin);
  const other = WitnessedLog.named("test.example/audit");
  const { ask } = made({ logs: [log.keys.key, next.key, other.keys.key] });
  expect((await ask(log.request(0, all, 5))).status).toBe(200);
  expect((await ask(other.request(0, history(4, "other"), 4))).status).toBe(200);
  expect((await ask(log.request(5, all, 6, [next]))).status).toBe(200);
  expect((await ask(log.request(6, all, 7, [other.keys]))).status).toBe(403);
});

test("two histories are told with the checkpoint that is signed, as evidence", async () => {
  const { ask, lines } = await cosigned();
  const fork = history(12, "fork", 3);
  await ask(log.request(5, fork, 5));
  await ask(log.request(5, fork, 8));
  expect(lines).toEqual([
    ["witness.split-view", { origin: log.origin, size: 5, checkpoint: log.checkpoint(fork, 5).text }],
    ["witness.inconsistent", { origin: log.origin, old: 5, size: 8, checkpoint: log.checkpoint(fork, 8).text }],
  ]);
});

test("fails when what it cosigned is kept in a copy of its store", async () => {
  const { store } = await cosigned();
  const copy = { ...store, read: store.read.bind(store), write: store.write.bind(store), identity: async () => "copy" };
  const { ask, lines } = made({ store: copy });
  expect((await ask(log.request(5, all, 8))).status).toBe(503);
  expect(lines[0]?.[1]).toEqual({ because: expect.stringContaining("is kept in a copy of the store") });
});

test("fails when its store does not answer, and nothing is signed", async () => {
  let signed = 0;
  const store = new MemoryStore();
  store.write = async () => {
    throw new StoreUnavailable("no answer");
  };
  const signer = { ...WITNESS_SIGNER, sign: async () => Buffer.alloc(64, ++signed) };
  const { ask, lines } = made({ store, signer });
  expect((await ask(log.request(0, all, 3))).status).toBe(503);
  expect([signed, lines]).toEqual([0, [["witness.failed", { because: "StoreUnavailable: no answer" }]]]);
});

test("a checkpoint that was kept and not signed is cosigned when it is sent again", async () => {
  let fails = true;
  const signer = {
    ...WITNESS_SIGNER,
    sign: async (bytes: Uint8Array) => {
      if (fails) throw new Error("KMS did not answer");
      return WITNESS_SIGNER.sign(bytes);
    },
  };
  const { ask } = made({ signer });
  expect((await ask(log.request(0, all, 3))).status).toBe(503);
  fails = false;
  expect(await ask(log.request(0, all, 3))).toMatchObject({ status: 409, body: "3\n" });
  expect((await ask(log.request(3, all, 3))).status).toBe(200);
});

test("fails when its key is a log's", () => {
  const key = noteKey("witness.example", WITNESS.key.key);
  expect(() => made({ signer: { ...WITNESS_SIGNER, key } })).toThrow(
    "the key of the witness witness.example must be of the kind cosignature, got ed25519",
  );
});

/** Histories that share a beginning, of which a log shows one or the other */
const HISTORIES: readonly Entries[] = [history(12), history(12, "fork", 4), history(12, "other", 7)];
const REQUESTS = fc.array(fc.record({ of: fc.nat(HISTORIES.length - 1), size: fc.nat(12), old: fc.nat(12) }), {
  minLength: 1,
  maxLength: 20,
});

const rootOf = (of: number, size: number): string =>
  plainRoot((HISTORIES[of] as Entries).slice(0, size)).toString("base64");

test("it answers as a plain model does that compares whole histories", async () => {
  await fc.assert(
    fc.asyncProperty(REQUESTS, async (requests) => {
      const { ask } = made();
      let [keptOf, kept] = [0, 0];
      for (const { of, size, old } of requests) {
        const { status, body } = await ask(log.request(old, HISTORIES[of] as Entries, size));
        const begins = rootOf(of, kept) === rootOf(keptOf, kept);
        const expected = old > size ? 400 : old !== kept ? 409 : begins ? 200 : size === kept ? 409 : 422;
        expect([status, ...(status === 409 ? [body] : [])]).toEqual([
          expected,
          ...(expected === 409 ? [`${kept}\n`] : []),
        ]);
        if (status === 200) [keptOf, kept] = [of, size];
      }
    }),
    { numRuns: depth(300) },
  );
});

test("of all checkpoints that it cosigns at once, one begins with the other", async () => {
  await fc.assert(
    fc.asyncProperty(REQUESTS, fc.scheduler(), async (requests, scheduler) => {
      const store = new MemoryStore();
      const slow = {
        identity: () => store.identity(),
        read: scheduler.scheduleFunction(store.read.bind(store)),
        write: scheduler.scheduleFunction(store.write.bind(store)),
      };
      // Two processes of one witness
      const processes = [made({ store: slow }), made({ store: slow })];
      const given: { of: number; size: number }[] = [];
      const asked = requests.map(async ({ of, size, old }, at) => {
        const { ask } = processes[at % 2] as (typeof processes)[number];
        // Those that fit begin at the same size, and race.
        const from = at < requests.length / 2 ? 0 : Math.min(old, size);
        if ((await ask(log.request(from, HISTORIES[of] as Entries, size))).status === 200) given.push({ of, size });
      });
      await scheduler.waitFor(Promise.all(asked));
      for (const one of given)
        for (const other of given) {
          const size = Math.min(one.size, other.size);
          expect(rootOf(one.of, size)).toBe(rootOf(other.of, size));
        }
      const [item] = await store.read([witnessKey(log.origin)]);
      const largest = Math.max(...given.map(({ size }) => size), 0);
      if (given.length > 0) expect(item?.value).toMatchObject({ size: largest });
    }),
    { numRuns: depth(300) },
  );
});

test("a note of other text is not what was cosigned", async () => {
  const { ask } = made();
  const { body } = await ask(log.request(0, all, 3));
  const other: SignedNote = log.checkpoint(all, 4);
  expect(() => cosignedAt(noteIn(Buffer.from(noteText(other) + body)), WITNESS.key)).toThrow(
    "is not of this checkpoint",
  );
});
