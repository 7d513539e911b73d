import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Clock } from "../clock";
import { certificatesInPem, pemOf } from "./certificates";
import { HeldSource } from "./held";
import { heldSvid, svidOf } from "./svid";

const RELOAD_MILLISECONDS = 5_000;

export interface FilesSourceOptions {
  /** Paths of files in PEM: the chain with the leaf first, its key, the authorities of the own trust domain */
  readonly cert: string;
  readonly key: string;
  readonly bundle: string;
  readonly clock: Clock;
  /**
   * Milliseconds between looks at the files.
   *
   * @default 5000
   */
  readonly reloadMs?: number;
}

/** An SVID in files that something else renews: for development, and beside helpers that write files. */
export class FilesSource extends HeldSource {
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly files: FilesSourceOptions) {
    super(files.clock);
    this.look();
    this.timer = setInterval(() => this.look(), files.reloadMs ?? RELOAD_MILLISECONDS).unref();
  }

  public close(): void {
    clearInterval(this.timer);
    this.fail("the source was closed");
    this.end();
  }

  /** Files that are being replaced do not fit each other for a moment: then what was held stays. */
  private look(): void {
    try {
      const { cert, key, bundle } = this.files;
      const svid = svidOf(certificatesInPem(text(cert)), createPrivateKey(text(key)));
      const ca = pemOf(certificatesInPem(text(bundle)));
      this.take(heldSvid({ svids: [svid], bundles: new Map([[svid.trustDomain, ca]]) }));
    } catch (error) {
      this.fail((error as Error).message);
    }
  }
}

function text(path: string): string {
  return readFileSync(path, "utf8");
}
