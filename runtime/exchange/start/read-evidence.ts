import type { StartEvidence } from "../../../domain";
import type { ProvenStart } from "../../session/evidence";

/** Evidence that was read, its signature verified, and what it proves if no rule refuses it */
export interface ReadEvidence {
  readonly evidence: StartEvidence;
  /** When it had to hold; now where left out */
  readonly at?: number;
  /**
   * What no rule of the domain knows of, asked last
   *
   * @throws Refusal
   */
  readonly proven: () => ProvenStart | Promise<ProvenStart>;
}
