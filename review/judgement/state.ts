import type { State } from "../difference/kubernetes/state";
import type { AwsReach } from "../reach/aws/principals";
import type { Registry } from "../reach/declared/registry";
import type { Estate } from "../read/resource";
import type { SourceLines } from "../read/source-lines";

/** All that is judged of one state */
export interface JudgedState {
  readonly estate: Estate;
  /** Undefined where it cannot be read: then nothing that follows from it is known */
  readonly registry: Registry | undefined;
  readonly aws: AwsReach;
  readonly kubernetes: State;
  readonly places: SourceLines;
}
