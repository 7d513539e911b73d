import { createPrivateKey, X509Certificate } from "node:crypto";
import { HeldSource } from "../../../runtime/workload-api/held";
import { svidOf } from "../../../runtime/workload-api/svid";
import type { Certified } from "../certificate";

/** An SVID that a test gives and takes */
export class FakeSource extends HeldSource {
  public closed = false;

  constructor(clock: () => number) {
    super(clock);
  }

  public give(svid: Certified, ca: Certified): void {
    this.take({ ...svidOf([new X509Certificate(svid.cert)], createPrivateKey(svid.key)), ca: ca.cert });
  }

  public takeAway(why: string): void {
    this.fail(why, true);
  }

  public close(): void {
    this.closed = true;
    this.end();
  }
}
