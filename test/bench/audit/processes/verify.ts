import { noteKeyIn } from "../../../../runtime/audit/tlog/note-key";
import { verifyLog } from "../../../../cli/audit/verify-log";

// Verifies a log: folder, verifier key, threads.
const [folder = "", vkey = "", threads = "1"] = process.argv.slice(2);

void verifyLog({ log: { place: folder }, policy: { key: noteKeyIn(vkey) }, threads: Number(threads) }).then(
  ({ trusted, found }) => {
    if (trusted === undefined || found.counts.length > 0) throw new Error("the log is not sound");
    process.stdout.write(`${trusted.checkpoint.size}\n`);
  },
);
