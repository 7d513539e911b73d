import type { Start } from "../../../domain";

interface Starter {
  readonly who: string;
  /** What it takes to start a task, `<agent>.<task>` */
  readonly shows: (target: string) => string;
}

export const STARTERS: Readonly<Record<Start, Starter>> = {
  user: { who: "a user", shows: (target) => `a user's token for ${target}` },
  schedule: { who: "a schedule", shows: (target) => `a start token of a schedule for ${target}` },
  event: { who: "an event", shows: (target) => `a start token of an event for ${target}` },
  delegation: {
    who: "a task that hands work on",
    shows: (target) => `a token of a task that hands work to ${target}`,
  },
  agent: { who: "the agent itself", shows: (target) => `the agent asks for ${target} with nothing but its SVID` },
};
