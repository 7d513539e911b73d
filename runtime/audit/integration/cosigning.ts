import { told, type Log } from "../../log";
import { LogForked, type LogStorage } from "../storage/log-storage";
import { checkpointIn } from "../tlog/checkpoint";
import { LogError } from "../tlog/log-error";
import type { TreeHead } from "../tlog/proof";
import { noteIn, type NoteSignature, type SignedNote } from "../tlog/signed-note";
import { tilePath } from "../tlog/tile-path";
import type { WitnessClient } from "../witness/witness-client";
import { WitnessConflict, WitnessTalk } from "../witness/witness-talk";
import { addCosignature } from "./late-cosignature";

export interface CosigningProps {
  readonly witnesses: readonly Pick<WitnessClient, "add" | "close" | "key" | "name">[];
  /** So many of them must have cosigned */
  readonly quorum: number;
  readonly storage: LogStorage;
  readonly log: Log;
  /** Milliseconds from any beginning, that never go back */
  readonly elapsed: () => number;
}

/** A checkpoint waits so long for witnesses before it is published: within the second in which records come into the log. */
export const IN_TIME_MILLISECONDS = 500;
/** A process that ends waits so long for witnesses: its last checkpoint stays as it is until another process integrates. */
export const AT_END_MILLISECONDS = 5_000;
/** Where too few have cosigned for so long, one checkpoint is held back for those too that are late: a log that never rests has no other that they could cosign. */
const OVERDUE_SECONDS = 30;
/** Longest time for which that one is held back: below the age at which a backlog is an alarm */
const HELD_MILLISECONDS = 5_000;
/** Until a witness is asked again that did not cosign */
const RETRY_MILLISECONDS = 2_000;
/** Between two lines of the same witness */
const TELL_MILLISECONDS = 60_000;

/** What is known of one witness while this process integrates */
interface Known {
  readonly witness: CosigningProps["witnesses"][number];
  readonly talk: WitnessTalk;
  /** Size of the last checkpoint that is published with its cosignature */
  cosigned: number;
  /** Since when there is something of which no checkpoint is published with its cosignature */
  waitingSince: number | undefined;
  /** What asks it now; never rejects */
  asking: Promise<void> | undefined;
  /** It is not waited for: it did not answer in time, or not as it should. */
  isLate: boolean;
  askedAt: number;
  /** It says that it has cosigned what this log does not have: it is asked no more, and has not cosigned. */
  conflict: WitnessConflict | undefined;
  /** What was found wrong with the log's own files while it was asked */
  broken: LogError | undefined;
}

/**
 * Has checkpoints cosigned, for who integrates the log. Each is held back for {@link IN_TIME_MILLISECONDS} at most, and only for
 * witnesses that answered in time before; the others are asked beside it, and their cosignatures are added to what is published. Where that
 * is not enough, one checkpoint in {@link OVERDUE_SECONDS} is held back for all.
 *
 * INVARIANT: a witness is asked about no checkpoint that could still become another one: its entries are planned, its tiles written.
 */
export class Cosigning {
  private known: readonly Known[];
  private size = 0;
  /** When a checkpoint was held back last for those that are late */
  private heldAt = -Infinity;
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly props: CosigningProps) {
    this.known = this.nothing();
  }

  /**
   * The checkpoint that is about to be published, with the cosignatures that came in time
   *
   * @throws LogForked if so many witnesses have seen another history that too few are left
   */
  public async inTime(checkpoint: SignedNote, head: TreeHead): Promise<SignedNote> {
    this.has(head);
    const isHeld = this.isOverdue();
    const signatures: NoteSignature[] = [];
    let isOver = false;
    const asked = this.known
      .filter(({ asking, isLate, conflict }) => asking === undefined && (isHeld || !isLate) && conflict === undefined)
      .map((known) =>
        this.apart(known, async () => {
          const signature = await this.asked(known, checkpoint, head);
          if (signature === undefined) return;
          if (!isOver) signatures.push(signature);
          else if (!(await this.isAddedLate(known, checkpoint, signature))) return;
          this.count(known, head);
        }),
      );
    await within(isHeld ? HELD_MILLISECONDS : IN_TIME_MILLISECONDS, asked);
    isOver = true;
    this.checkForked();
    return { ...checkpoint, signatures: [...checkpoint.signatures, ...signatures] };
  }

  /**
   * Ask those that have not cosigned what is published, beside everything else.
   *
   * @param rests whether nothing has come since the look before
   * @throws LogForked if so many witnesses have seen another history that too few are left
   */
  public tend(head: TreeHead, rests: boolean): void {
    this.checkForked();
    for (const known of this.known)
      if (known.conflict !== undefined) this.tell("audit.witness-conflict", known, known.conflict);
    if (head.size === 0) return;
    this.has(head);
    const now = this.props.elapsed();
    // Those that are late must be free for the checkpoint that is held back for them.
    const spares = !rests && this.isDue();
    for (const known of this.known) {
      if (spares && known.isLate) continue;
      if (known.conflict !== undefined || known.asking !== undefined || known.cosigned === head.size) continue;
      if (now - known.askedAt < RETRY_MILLISECONDS && known.isLate) continue;
      void this.apart(known, () => this.added(known, head));
    }
  }

  /**
   * Ask those once more that have not cosigned what is published last, and wait for them, but no longer than
   * {@link AT_END_MILLISECONDS}. Never rejects.
   */
  public async settle(head: TreeHead): Promise<void> {
    const lacks = (known: Known): boolean => known.conflict === undefined && known.cosigned !== head.size;
    const asked = this.known.filter(lacks).map(async (known) => {
      await known.asking;
      if (lacks(known)) await this.apart(known, () => this.added(known, head));
    });
    await within(AT_END_MILLISECONDS, asked);
    await this.tellAtEnd(head).catch(() => undefined);
  }

  /** No look follows. If another process has published more, a witness of it has rightly cosigned more. */
  private async tellAtEnd({ size }: TreeHead): Promise<void> {
    if (checkpointIn(noteIn((await this.props.storage.checkpoint()).bytes).text).size !== size) return;
    for (const known of this.known) {
      if (known.conflict !== undefined) this.tell("audit.witness-conflict", known, known.conflict);
      else if (known.broken !== undefined) this.tell("audit.witness-failed", known, known.broken);
    }
  }

  /** For how many seconds fewer witnesses than must have not cosigned all that there is; 0 if enough have */
  public get waitingSeconds(): number {
    const now = this.props.elapsed();
    const waits = this.known.map(({ waitingSince }) => (waitingSince === undefined ? 0 : (now - waitingSince) / 1_000));
    return waits.sort((one, other) => one - other)[this.props.quorum - 1] as number;
  }

  /** Whether one checkpoint is to be held back for those too that are late */
  private isDue(): boolean {
    if (this.waitingSeconds < OVERDUE_SECONDS) return false;
    return this.props.elapsed() - this.heldAt >= OVERDUE_SECONDS * 1_000;
  }

  /** Whether this one is: all that are late must be free to be asked. Says so once in {@link OVERDUE_SECONDS}. */
  private isOverdue(): boolean {
    const isBusy = this.known.some(
      ({ asking, isLate, conflict }) => isLate && asking !== undefined && conflict === undefined,
    );
    if (isBusy || !this.isDue()) return false;
    this.heldAt = this.props.elapsed();
    return true;
  }

  /** Another process integrates: nothing is known. @param seconds for which enough have not cosigned, as the one before said */
  public begin(seconds: number): void {
    this.known = this.nothing();
    this.size = 0;
    this.heldAt = -Infinity;
    if (seconds > 0) for (const known of this.known) known.waitingSince = this.props.elapsed() - seconds * 1_000;
  }

  public close(): void {
    for (const { witness } of this.known) witness.close();
  }

  private nothing(): readonly Known[] {
    const { witnesses, storage } = this.props;
    return witnesses.map((witness) => ({
      witness,
      talk: new WitnessTalk(witness, (name) => storage.read(tilePath(name))),
      cosigned: 0,
      waitingSince: undefined,
      asking: undefined,
      isLate: false,
      askedAt: -Infinity,
      conflict: undefined,
      broken: undefined,
    }));
  }

  private has({ size }: TreeHead): void {
    if (size <= this.size) return;
    this.size = size;
    for (const known of this.known) known.waitingSince ??= this.props.elapsed();
  }

  /** Do what asks this witness, and nothing else that does meanwhile. Never rejects. */
  private apart(known: Known, act: () => Promise<void>): Promise<void> {
    const asking = act()
      .catch((error: unknown) => this.tell("audit.witness-failed", known, error))
      .finally(() => (known.asking = undefined));
    known.asking = asking;
    return asking;
  }

  /** Undefined if it did not cosign. Never rejects. */
  private async asked(known: Known, checkpoint: SignedNote, head: TreeHead): Promise<NoteSignature | undefined> {
    known.askedAt = this.props.elapsed();
    try {
      const signature = await known.talk.cosign(checkpoint, head);
      known.isLate = this.props.elapsed() - known.askedAt > IN_TIME_MILLISECONDS;
      this.tellBack(known);
      return signature;
    } catch (error) {
      known.isLate = true;
      if (error instanceof WitnessConflict) known.conflict = error;
      else if (error instanceof LogError) known.broken = error;
      else this.tell("audit.witness-failed", known, error);
      return undefined;
    }
  }

  /** Its cosignature is published, or is in what is about to be. */
  private count(known: Known, { size }: TreeHead): void {
    known.cosigned = size;
    known.waitingSince = this.size > size ? known.askedAt : undefined;
  }

  /** What came after its checkpoint was handed on: where it cannot be added, the witness is asked again. Never rejects. */
  private isAddedLate(known: Known, { text }: SignedNote, signature: NoteSignature): Promise<boolean> {
    known.isLate = true;
    return addCosignature(this.props.storage, text, signature).catch(() => false);
  }

  /** Ask about what is published, and add what it says there. @throws LogError, LogUnavailable */
  private async added(known: Known, head: TreeHead): Promise<void> {
    const { storage } = this.props;
    const checkpoint = noteIn((await storage.checkpoint()).bytes);
    if (checkpointIn(checkpoint.text).size !== head.size) return;
    const signature = await this.asked(known, checkpoint, head);
    if (signature !== undefined && (await addCosignature(storage, checkpoint.text, signature))) this.count(known, head);
  }

  /** The word of one witness ends no log that enough others cosign: it would be in the hands of each of them. */
  private checkForked(): void {
    const broken = this.known.find((known) => known.broken !== undefined)?.broken;
    if (broken !== undefined) throw broken;
    const conflicts = this.known.flatMap(({ conflict }) => conflict ?? []);
    if (conflicts.length === 0 || this.known.length - conflicts.length >= this.props.quorum) return;
    throw new LogForked(conflicts.map(({ message }) => message).join("; "));
  }

  private tell(event: `audit.witness-${"conflict" | "failed"}`, { witness: { name } }: Known, error: unknown): void {
    const now = this.props.elapsed();
    if (now - (this.toldAt.get(`${event} ${name}`) ?? -Infinity) < TELL_MILLISECONDS) return;
    this.toldAt.set(`${event} ${name}`, now);
    this.props.log(event, { witness: name, because: told(error) });
  }

  private tellBack({ witness: { name } }: Known): void {
    const lines = ["audit.witness-conflict", "audit.witness-failed"].map((event) => `${event} ${name}`);
    if (lines.filter((line) => this.toldAt.delete(line)).length > 0)
      this.props.log("audit.witness-back", { witness: name });
  }
}

/** Wait for all, but no longer. */
async function within(milliseconds: number, all: readonly Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([Promise.all(all), over]);
  clearTimeout(timer);
}
