import { sign } from "node:crypto";
import type { NoteSigner } from "../../../runtime/audit/tlog/note-signer";
import { type Keys, WITNESS } from "./log-of-records";

export function signerOf({ key, privateKey }: Keys): NoteSigner {
  return { key, sign: async (bytes) => sign(null, bytes, privateKey) };
}

export const WITNESS_SIGNER = signerOf(WITNESS);
