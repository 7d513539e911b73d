import type { AccessRequest } from "../approval/approval-record";
import type { RequestableDenial } from "../approval/denial";
import type { StateAnswer } from "./read";
import type { SpendRequest, Traced } from "./state-schema";

/** What a call uses up, with the revision of the registry by which it was decided */
export type DecidedCall = SpendRequest & Traced & { readonly revision: number };

/** All that a call uses up is written. */
export interface Spent {
  /** Left out if the store could not be read any more */
  readonly state?: StateAnswer;
}

/** A call that may go on no more */
export interface StoppedCall {
  readonly at: number;
  readonly codes: readonly string[];
}

/** What people are asked, where they are */
export interface AskAnswer {
  readonly state: StateAnswer;
  readonly accessRequest?: AccessRequest;
  readonly denied?: RequestableDenial;
}
