import { z } from "zod";
import { noteKeyIn } from "../audit/tlog/note-key";
import { file, fits, object, parsed, wholeFrom1 } from "../config-values";

const MOST_WITNESSES = 8;
/** A day: who is blind for longer is not watched */
const MOST_SECONDS = 86_400;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

const submissionPrefix = fits((value) => {
  const url = parsed(value);
  if (url === undefined || value.endsWith("/")) return false;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname));
  return isSafe && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}, "an https address without a slash at its end, or an http one on loopback");

const cosignatureKey = fits((value) => {
  try {
    return noteKeyIn(value).kind === "cosignature";
  } catch {
    return false;
  }
}, "the verifier key of a witness, name+id+key, of type 4");

/** Witnesses of the audit log (C2SP tlog-witness) */
export const witnessingSchema = object({
  witnesses: z
    .array(
      object({
        /** Submission prefix */
        url: submissionPrefix,
        key: cosignatureKey,
        ca: file("the authorities of its certificate in PEM").optional(),
      }),
      { error: "must be a list of {url, key, ca}" },
    )
    .min(1, { error: "must name at least one witness" })
    .max(MOST_WITNESSES, { error: `must name at most ${MOST_WITNESSES} witnesses` })
    .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, {
      error: "must name each witness once",
    }),
  /** So many must have cosigned; all where left out */
  quorum: wholeFrom1(MOST_WITNESSES).optional(),
  /** Too few have cosigned for so long: it is an alarm */
  alarmSeconds: wholeFrom1(MOST_SECONDS).optional(),
  /** And for so long: acts are refused */
  refuseSeconds: wholeFrom1(MOST_SECONDS).optional(),
}).refine(({ witnesses, quorum = 1 }) => quorum <= witnesses.length, {
  error: "must be at most the number of witnesses",
  path: ["quorum"],
});

export type WitnessingConfig = z.infer<typeof witnessingSchema>;
