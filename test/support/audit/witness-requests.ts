import { noteText } from "../../../runtime/audit/tlog/signed-note";
import { addCheckpointText } from "../../../runtime/audit/witness/add-checkpoint";
import { plainConsistency } from "../plain-merkle-tree";
import { keysOf, type Keys } from "./log-of-records";
import { history, signatureOf, WitnessedLog } from "./witnessed-log";

export interface WitnessRequest {
  readonly what: string;
  readonly body: string;
  /** As C2SP tlog-witness says */
  readonly status: number;
  /** What litewitness of torchwood 0.6.1 answers, where that is another one */
  readonly litewitness?: number;
  /** Of the body, where it is not a sentence */
  readonly answer?: string;
}

/** What the witness has cosigned before, which none of the requests changes */
export const COSIGNED_SIZE = 5;
const HASH = Buffer.alloc(32, 1).toString("base64");

/** Requests that a witness refuses which has cosigned five entries of this log */
export function refusedRequests(log: WitnessedLog): readonly WitnessRequest[] {
  const all = history(12);
  const fork = history(12, "fork", 3);
  const stranger = keysOf(log.keys.key.name);
  const unknown = WitnessedLog.named("unknown.example/log");
  const good = log.checkpoint(all, 8);
  const proof = plainConsistency(COSIGNED_SIZE, all.slice(0, 8));
  const falselySigned = { ...good, signatures: [{ ...signatureOf(log.keys, "another text\n"), name: log.origin }] };
  const conflict = { status: 409, answer: `${COSIGNED_SIZE}\n` } as const;
  const raw = (text: string): string => `${text}\n\n${noteText(good)}`;
  return [
    { what: "nothing", body: "", status: 400 },
    { what: "a checkpoint alone", body: noteText(good), status: 400 },
    { what: "no old size", body: raw(HASH), status: 400 },
    { what: "an old size that is no number", body: raw("old five"), status: 400 },
    { what: "an old size below zero", body: raw("old -5"), status: 400 },
    { what: "an old size with a zero before it", body: raw("old 05"), status: 400, litewitness: 422 },
    { what: "a hash that is no base64", body: raw("old 5\n?"), status: 400 },
    { what: "a hash of 31 bytes", body: raw(`old 5\n${Buffer.alloc(31).toString("base64")}`), status: 400 },
    { what: "64 hashes", body: raw(`old 5${`\n${HASH}`.repeat(64)}`), status: 400, litewitness: 422 },
    {
      what: "a note without signatures",
      body: `old 5\n\n${good.text}`,
      status: 400,
      litewitness: 500,
    },
    { what: "a log that is not known", body: unknown.request(0, all, 3), status: 404, litewitness: 403 },
    { what: "a signature of a key that is not the log's", body: log.request(5, all, 8, [stranger]), status: 403 },
    {
      what: "the log's own signature of another text",
      body: addCheckpointText({ old: 5, proof, checkpoint: falselySigned }),
      status: 403,
    },
    { what: "an old size above the checkpoint's", body: log.request(9, all, 8), status: 400 },
    { what: "an old size of before", body: log.request(3, all, 8), ...conflict },
    { what: "an old size of zero", body: log.request(0, all, 8), ...conflict },
    { what: "an old size that is not yet cosigned", body: log.request(7, all, 8), ...conflict },
    { what: "an earlier checkpoint: a rollback", body: log.request(3, all, 3), ...conflict },
    {
      what: "another root at the size that was cosigned: a split view",
      body: log.request(5, fork, 5),
      ...conflict,
      litewitness: 422,
    },
    { what: "another history that goes on: a split view", body: log.request(5, fork, 8), status: 422 },
    {
      what: "a proof of another size",
      body: addCheckpointText({ old: 5, proof: plainConsistency(4, all.slice(0, 8)), checkpoint: good }),
      status: 422,
    },
    { what: "no proof", body: addCheckpointText({ old: 5, proof: [], checkpoint: good }), status: 422 },
    {
      what: "a proof that is longer",
      body: addCheckpointText({ old: 5, proof: [...proof, Buffer.alloc(32)], checkpoint: good }),
      status: 422,
    },
    {
      what: "a proof for the same size",
      body: addCheckpointText({ old: 5, proof: [Buffer.alloc(32)], checkpoint: log.checkpoint(all, 5) }),
      status: 422,
    },
  ];
}

/** Requests that it takes, in their order, from nothing cosigned on */
export function takenRequests(log: WitnessedLog, other: Keys = keysOf("other.example")): readonly WitnessRequest[] {
  const all = history(1_000);
  return [
    { what: "the first checkpoint", body: log.request(0, all, 3), status: 200 },
    { what: "one that goes on", body: log.request(3, all, 5), status: 200 },
    { what: "the same once more", body: log.request(5, all, 5), status: 200 },
    { what: "one with another signature besides", body: log.request(5, all, 300, [other, log.keys]), status: 200 },
    { what: "one far behind", body: log.request(300, all, 1_000), status: 200 },
  ];
}
