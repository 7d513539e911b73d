import type { ApprovalRecord } from "./approval-record";

/** Tells the people of a group that something waits for them. Neither waits for it to be sent, nor throws. */
export interface ApproverNotices {
  /** A request was opened */
  requested(record: ApprovalRecord): void;
  /** One person has approved, and another one must */
  seconded(record: ApprovalRecord): void;
}

/** Where no person is to be told, as on a developer's machine */
export const NO_NOTICES: ApproverNotices = { requested: () => undefined, seconded: () => undefined };
