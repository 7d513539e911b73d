import { join } from "node:path";
import { goPrograms } from "../harness/go-program";

/** Programs of others that verify a log of C2SP tlog-tiles */
export interface LogPrograms {
  /** Tessera's */
  readonly fsck: string;
  /** torchwood's client and golang.org/x/mod/sumdb, by a program of a hundred lines */
  readonly check: string;
  /** torchwood's witness */
  readonly litewitness: string;
}

export function logPrograms(): Promise<LogPrograms> {
  return goPrograms({
    name: "tlog",
    module: join(__dirname, "..", "engines", "tlog"),
    packages: {
      fsck: "github.com/transparency-dev/tessera/cmd/fsck",
      check: ".",
      litewitness: "filippo.io/torchwood/cmd/litewitness",
    },
  });
}
