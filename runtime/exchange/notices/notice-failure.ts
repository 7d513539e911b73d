/** Why a notice did not arrive. docs/approve-a-request.md has a row for each. */
export const NOTICE_CODES = [
  "notice.destination",
  "notice.failed",
  "notice.full",
  "notice.function",
  "notice.gone",
  "notice.late",
  "notice.name",
  "notice.redirect",
  "notice.secret",
  "notice.status",
  "notice.stopped",
  "notice.undeclared",
] as const;
export type NoticeCode = (typeof NOTICE_CODES)[number];

/** Another attempt would end in the same way. */
const FINAL: readonly NoticeCode[] = ["notice.gone", "notice.redirect", "notice.undeclared"];

/** A failed attempt. The message goes to the log, so it contains no secret. */
export class NoticeFailure extends Error {
  public override readonly name = "NoticeFailure";

  constructor(
    public readonly code: NoticeCode,
    message: string,
  ) {
    super(message);
  }

  public get isFinal(): boolean {
    return FINAL.includes(this.code);
  }
}
