import { generateKeyPairSync, sign } from "node:crypto";
import type { AuditRecord } from "../../runtime/audit/audit";
import type { Cosigning } from "../../runtime/audit/integration/cosigning";
import { LogIntegrator } from "../../runtime/audit/integration/integrator";
import { AuditLedger } from "../../runtime/audit/ledger";
import { LogForked, type LogStorage, type StoredCheckpoint } from "../../runtime/audit/storage/log-storage";
import { verifiedCheckpoint } from "../../runtime/audit/tlog/checkpoint";
import { entriesIn } from "../../runtime/audit/tlog/entry-bundle";
import { leafHash } from "../../runtime/audit/tlog/merkle-hash";
import { noteKey } from "../../runtime/audit/tlog/note-key";
import type { NoteSigner } from "../../runtime/audit/tlog/note-signer";
import { tileIn, tilePath } from "../../runtime/audit/tlog/tile-path";
import { TreeEdge } from "../../runtime/audit/tlog/tree-edge";
import type { StateStore } from "../../runtime/store/store";

const pair = generateKeyPairSync("ed25519");

export const LOG_SIGNER: NoteSigner = {
  key: noteKey("log.example", pair.publicKey),
  sign: async (bytes) => sign(null, bytes, pair.privateKey),
};

/** A log's files in memory. What `before` and `after` throw is thrown before or after something is written. */
export class LogInMemory implements LogStorage {
  public readonly name = "memory/";
  public readonly files = new Map<string, Buffer>();
  public before: (path: string) => void | Promise<void> = () => undefined;
  public after: (path: string) => void | Promise<void> = () => undefined;

  public async add(path: string, bytes: Uint8Array): Promise<void> {
    await this.before(path);
    const found = this.files.get(path);
    if (found !== undefined && !found.equals(bytes)) throw new LogForked(`${path} was written with other bytes`);
    this.files.set(path, Buffer.from(bytes));
    await this.after(path);
  }

  public async read(path: string): Promise<Uint8Array> {
    const found = this.files.get(path);
    if (found === undefined) throw new LogForked(`${path} is gone`);
    return found;
  }

  public async checkpoint(): Promise<StoredCheckpoint> {
    const bytes = await this.read("checkpoint");
    return { bytes, tag: Buffer.from(bytes).toString("base64") };
  }

  public async replaceCheckpoint(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean> {
    await this.before("checkpoint");
    const found = this.files.get("checkpoint");
    if (found?.toString("base64") !== before?.tag) return false;
    this.files.set("checkpoint", Buffer.from(bytes));
    await this.after("checkpoint");
    return true;
  }

  /** All entries, after a look that checkpoint, tiles and bundles agree. */
  public async records(): Promise<readonly AuditRecord[]> {
    const { checkpoint } = verifiedCheckpoint((await this.checkpoint()).bytes, LOG_SIGNER.key);
    const entries: Buffer[] = [];
    for (let index = 0; ; index++) {
      const tile = tileIn(checkpoint.size, 0, index);
      if (tile === undefined) break;
      entries.push(...entriesIn(await this.read(tilePath({ ...tile, level: "entries" })), tile.width));
    }
    const { edge, tiles } = TreeEdge.EMPTY.append(entries.map(leafHash));
    expect(edge.root).toEqual(checkpoint.root);
    for (const tile of tiles) expect(await this.read(tilePath(tile))).toEqual(tile.bytes);
    return entries.map((entry) => JSON.parse(entry.toString("utf8")) as AuditRecord);
  }
}

let processes = 0;

/** As a process that begins has it */
export function integratorOf(
  store: StateStore,
  storage: LogStorage,
  elapsed: () => number,
  signer = LOG_SIGNER,
  cosigning?: Cosigning,
): LogIntegrator {
  return new LogIntegrator({
    store,
    storage,
    signer,
    holder: `process-${processes++}`,
    // From 1,000 s on
    clock: () => 1_000 + Math.floor(elapsed() / 1_000),
    elapsed,
    ...(cosigning && { cosigning }),
  });
}

/** Writers that write numbered records */
export class Writers {
  private readonly ledgers = new Map<string, AuditLedger>();
  /** How many each has written */
  public readonly written = new Map<string, number>();

  constructor(private readonly store: StateStore) {}

  /** At most 2,000 at once */
  public async write(writer: string, count = 1): Promise<void> {
    const ledger = this.ledgers.get(writer) ?? new AuditLedger({ store: this.store, clock: () => 1_000, writer });
    this.ledgers.set(writer, ledger);
    const before = this.written.get(writer) ?? 0;
    const numbers = Array.from({ length: count }, (_, at) => before + at + 1);
    const act = (number: number) => ({ writes: [], event: { kind: "k", time: 1_000, facts: { number } } });
    await Promise.all(numbers.map((number) => ledger.commit(act(number))));
    this.written.set(writer, before + count);
  }

  /** Each writer's records are in the log once, in their order. */
  public expectIn(records: readonly AuditRecord[]): void {
    const sequences = new Map<string, number[]>();
    for (const { writer, sequence, facts } of records) {
      expect(facts["number"]).toBe(sequence);
      sequences.set(writer, [...(sequences.get(writer) ?? []), sequence]);
    }
    const all = [...this.written].map(([writer, count]) => [writer, Array.from({ length: count }, (_, at) => at + 1)]);
    expect([...sequences].sort()).toEqual(all.sort());
  }
}
