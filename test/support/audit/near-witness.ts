import { noteIn } from "../../../runtime/audit/tlog/signed-note";
import { type AddCheckpoint, addCheckpointText, sizeIn } from "../../../runtime/audit/witness/add-checkpoint";
import { Witness } from "../../../runtime/audit/witness/witness";
import { type WitnessSays, WitnessUnavailable } from "../../../runtime/audit/witness/witness-client";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { LOG_SIGNER } from "../integration-world";
import { keysOf } from "./log-of-records";
import { signerOf } from "./witness-signer";

/** A witness in this process, asked as a client asks one. What `before` and `after` throw is thrown before or after it cosigns. */
export class NearWitness {
  public readonly key;
  public before: () => void | Promise<void> = () => undefined;
  public after: () => void | Promise<void> = () => undefined;
  public asked = 0;
  public answered = 0;
  public isClosed = false;
  private readonly witness: Witness;

  constructor(public readonly name = "witness.example") {
    const keys = keysOf(name, "cosignature");
    this.key = keys.key;
    this.witness = new Witness({
      logs: [LOG_SIGNER.key],
      store: new MemoryStore(),
      signer: signerOf(keys),
      clock: () => 1_000,
      log: () => undefined,
    });
  }

  public async add(asked: AddCheckpoint): Promise<WitnessSays> {
    this.asked += 1;
    try {
      return await this.said(asked);
    } finally {
      this.answered += 1;
    }
  }

  public close(): void {
    this.isClosed = true;
  }

  private async said(asked: AddCheckpoint): Promise<WitnessSays> {
    await this.before();
    const { status, body } = await this.witness.addCheckpoint(Buffer.from(addCheckpointText(asked)));
    await this.after();
    const { text } = asked.checkpoint;
    if (status === 200) {
      const [signature] = noteIn(Buffer.from(`${text}\n${body}`)).signatures;
      return { kind: "cosigned", signature: signature as NonNullable<typeof signature> };
    }
    if (status === 409) return { kind: "conflict", size: sizeIn(Buffer.from(body)) };
    if (status === 422) return { kind: "inconsistent" };
    throw new WitnessUnavailable(`${status} ${body}`);
  }
}

/** Of a witness whose answer waits for `answer` */
export function held(witness: NearWitness): { answer: () => void } {
  const gate = { answer: (): void => undefined };
  const answered = new Promise<void>((resolve) => (gate.answer = resolve));
  witness.before = () => answered;
  return gate;
}

/** Goes into `before` of a witness that does not answer. */
export const gone = (): never => {
  throw new WitnessUnavailable("it is gone");
};
