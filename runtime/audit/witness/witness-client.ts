import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { boundedAnswer } from "../../bounded-answer";
import type { Clock } from "../../clock";
import { cosignedAt } from "../tlog/cosignature";
import { LogError } from "../tlog/log-error";
import type { NoteKey } from "../tlog/note-key";
import { noteIn, type NoteSignature } from "../tlog/signed-note";
import { ADD_CHECKPOINT, type AddCheckpoint, addCheckpointText, SIZE_TYPE, sizeIn } from "./add-checkpoint";

export interface WitnessClientProps {
  /** Submission prefix, without a slash at its end: https, or http on loopback */
  readonly url: string;
  /** Of the kind `cosignature` */
  readonly key: NoteKey;
  /** PEM of the authorities to trust; without it, what Node trusts */
  readonly ca?: string;
  readonly clock: Clock;
}

/** What a witness says of a checkpoint (C2SP tlog-witness) */
export type WitnessSays =
  | { readonly kind: "cosigned"; readonly signature: NoteSignature }
  /** It has cosigned so many entries of the log, which is another number than it was told, or with another root. */
  | { readonly kind: "conflict"; readonly size: number }
  /** The proof does not lead from what it has cosigned to this checkpoint. */
  | { readonly kind: "inconsistent" };

/** A witness gave no valid answer: its state is unknown. One sentence. */
export class WitnessUnavailable extends Error {
  public override readonly name = "WitnessUnavailable";
}

export const ANSWER_MILLISECONDS = 10_000;
const ANSWER_BYTES = 16_384;
/**
 * Largest difference from a witness's clock: a cosignature says when the witness saw the log, so one with a wrong time
 * is refused.
 */
const CLOCK_SECONDS = 300;

/** Asks one witness. A connection is kept open between requests. */
export class WitnessClient {
  private readonly agent: HttpAgent | HttpsAgent;
  private readonly ended = new AbortController();

  constructor(private readonly props: WitnessClientProps) {
    const { url, ca } = props;
    const isPlain = url.startsWith("http:");
    this.agent = isPlain
      ? new HttpAgent({ keepAlive: true })
      : new HttpsAgent({ keepAlive: true, ...(ca !== undefined && { ca }) });
  }

  public get name(): string {
    return this.props.key.name;
  }

  public get key(): NoteKey {
    return this.props.key;
  }

  /** @throws WitnessUnavailable */
  public async add(asked: AddCheckpoint): Promise<WitnessSays> {
    const { status, type, body } = await this.posted(addCheckpointText(asked));
    try {
      if (status === 200) return { kind: "cosigned", signature: this.signatureIn(body, asked) };
      if (status === 409 && type === SIZE_TYPE) return { kind: "conflict", size: sizeIn(body) };
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      throw new WitnessUnavailable(`the witness ${this.name} answered with ${status}: ${error.message}`);
    }
    if (status === 422) return { kind: "inconsistent" };
    throw new WitnessUnavailable(`the witness ${this.name} answered with ${status}: ${shown(body)}`);
  }

  /** End what is under way. */
  public close(): void {
    this.ended.abort();
    this.agent.destroy();
  }

  private signatureIn(body: Buffer, { checkpoint }: AddCheckpoint): NoteSignature {
    const { key, clock } = this.props;
    const { signatures } = noteIn(Buffer.concat([Buffer.from(`${checkpoint.text}\n`), body]));
    // Others' signatures are passed over, as are those by other keys of this witness.
    const signature = signatures.filter(({ name, id }) => name === key.name && id === key.id).at(-1);
    const own = { text: checkpoint.text, signatures: signature === undefined ? [] : [signature] };
    const off = cosignedAt(own, key) - clock();
    if (Math.abs(off) > CLOCK_SECONDS)
      throw new LogError(`its clock must be within ${CLOCK_SECONDS} s of ours, and is off by ${off} s`);
    return signature as NoteSignature;
  }

  private async posted(body: string): Promise<{ status: number; type: string | undefined; body: Buffer }> {
    const { url } = this.props;
    const signal = AbortSignal.any([this.ended.signal, AbortSignal.timeout(ANSWER_MILLISECONDS)]);
    try {
      const response = await this.sent(`${url}${ADD_CHECKPOINT}`, body, signal);
      const answer = await boundedAnswer(response, ANSWER_BYTES);
      return { status: response.statusCode ?? 0, type: response.headers["content-type"], body: answer };
    } catch (error) {
      const why = signal.aborted ? "it did not answer in time" : (error as Error).message;
      throw new WitnessUnavailable(`the witness ${this.name} at ${url} failed: ${why}`, { cause: error });
    }
  }

  private sent(address: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body) };
    const { agent } = this;
    return new Promise((resolve, reject) => {
      const options = { agent, method: "POST", headers, signal };
      const request = (agent instanceof HttpsAgent ? httpsRequest : httpRequest)(address, options, resolve);
      request.on("error", reject);
      request.on("upgrade", (_, socket) => {
        socket.destroy();
        reject(new Error("it answered with an upgrade"));
      });
      request.end(body);
    });
  }
}

function shown(body: Buffer): string {
  return JSON.stringify(body.subarray(0, 200).toString("latin1"));
}
