import { LIMITS } from "../../domain";
import { evidenceKey, handedOnKey } from "../store/keys";
import type { Write } from "../store/store";
import type { ParentToken } from "./evidence";
import type { OutsideEvidence } from "./session";

/** Who uses it up, for which run */
export interface Using {
  /** Name of the agent */
  readonly agent: string;
  /** Id of the run */
  readonly run: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** How long evidence is remembered after it can start no more: its runs can delegate as long as they last */
const ONCE_MARGIN_SECONDS = LIMITS.taskTtl.ceiling.seconds + LIMITS.clockSkew.seconds;

/** The evidence is not new to the agent any more. */
export function evidenceWrite({ agent, run, now }: Using, { digest, until }: OutsideEvidence): Write {
  return {
    kind: "put",
    key: evidenceKey(agent, digest),
    value: { agent, run, at: now },
    expiresAt: until + ONCE_MARGIN_SECONDS,
    when: "absent",
  };
}

/** It is presented once, and is remembered as long as a clock that is behind takes it. */
export function parentTokenWrites({ agent, run, now }: Using, parentToken: ParentToken | undefined): readonly Write[] {
  if (parentToken === undefined) return [];
  const { jti, expiresAt } = parentToken;
  return [
    {
      kind: "put",
      key: handedOnKey(jti),
      value: { agent, run, at: now },
      expiresAt: expiresAt + LIMITS.clockSkew.seconds,
      when: "absent",
    },
  ];
}
