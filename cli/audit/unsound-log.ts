import type { Finding } from "./finding";

/** What was read of a log is not what was signed. The findings say where and what to do. */
export class UnsoundLog extends Error {
  public override readonly name = "UnsoundLog";

  constructor(public readonly findings: readonly Finding[]) {
    super(findings.map(({ what }) => what).join("; "));
  }
}
