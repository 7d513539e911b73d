import { z } from "zod";
import { readConfigJson } from "../../../checked-config";
import { fits, object, table, text } from "../../../config-values";
import { noteKeyIn } from "../../tlog/note-key";

const logKey = fits(isLogKey, "the verifier key of a log, name+id+key, of type 1");

const schema = object({
  /** Of its own key, as verifiers know it: a web address without https:// */
  name: fits(/^[^\s+]+$/, "a name without spaces and plus, such as witness.other.example"),
  /** ARN or alias of that key, in KMS and in the region of the table */
  key: text("the ARN or alias of a key in KMS"),
  /** Whose checkpoints it cosigns */
  logs: z.array(logKey, { error: "must be the verifier keys of logs" }).min(1, { error: "must name a log" }).readonly(),
  /** What it has cosigned */
  store: table,
}).readonly();

export type WitnessFunctionConfig = z.infer<typeof schema>;

/** @throws ConfigError */
export function readWitnessConfig(json: string | undefined): WitnessFunctionConfig {
  return readConfigJson(schema, json);
}

function isLogKey(vkey: string): boolean {
  try {
    return noteKeyIn(vkey).kind === "ed25519";
  } catch {
    return false;
  }
}
