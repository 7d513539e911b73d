import type { ReasonCode } from "../reasons";
import type { Explanation, Situation } from "./change";
import { withInput } from "./edit";
import type { Facts } from "./facts";
import { duration, instant } from "./wording";

/** Codes of undecided requests: a malformed request, or no answer */
export type UndecidedCode = Extract<ReasonCode, `input.${string}` | `engine.${string}`>;

/** No declaration and no state changes what is not decided at all. */
export function undecided(code: UndecidedCode): Explanation {
  const [what, hopeless] = UNDECIDED[code];
  return { what, changes: [], hopeless };
}

const UNDECIDED = {
  "input.malformed": [
    "the request is not of the contract, so it was not decided",
    "no policy allows a request that is not of the contract: correct what makes the request",
  ],
  "input.version": [
    "the request is of another version of the contract, so it was not decided",
    "no policy allows a request of another version: bring caller and engine to the same version",
  ],
  "input.too-large": [
    "the request is larger than any that is decided",
    "no policy allows a request as large as this: touch less data in one call, or split it",
  ],
  "engine.error": [
    "the policy engine gave no sound answer",
    "the engine has to answer first: look at its log, and ask again",
  ],
  "engine.timeout": [
    "the policy engine did not answer in time",
    "the engine has to answer first: look at its load, and ask again",
  ],
} as const;

export function policyIsStale({ revision, input: { revisionSeen } }: Facts): Explanation {
  return {
    what: `the policy has revision ${revision}, and revision ${revisionSeen} was seen already`,
    changes: [
      {
        kind: "platform",
        text: `deploy the bundle of revision ${revisionSeen} or a later one: an older one was put back`,
        caution: "what the newer bundle declares is not known here; this policy stands in for it",
        apply: (situation) => ({ ...situation, revision: Math.max(revision, revisionSeen) }),
      },
    ],
  };
}

export function revocationIsStale(): Explanation {
  return {
    what: "whether anything of this request was revoked could not be read",
    changes: [
      {
        kind: "platform",
        text: "bring the state store back: nothing is allowed while revocations are unknown",
        caution: "what the store then says of revocation decides anew",
        apply: (situation) => withInput(situation, { revocation: { ...situation.input.revocation, known: true } }),
      },
    ],
  };
}

export function clocksDisagree({ input }: Facts): Explanation {
  const { run, session, time } = input;
  const times = {
    "run.startedAt": run.startedAt,
    "session.startedAt": session.startedAt,
    "session.lastUsedAt": session.lastUsedAt,
  };
  const ahead = Object.entries(times)
    .filter(([, seconds]) => seconds > time)
    .map(([name, seconds]) => `${name} is ${instant(seconds)}, ${duration(seconds - time)} ahead`);
  return {
    what: `the request is made at ${instant(time)}, and ${ahead.join("; ")}`,
    changes: [
      {
        kind: "platform",
        text: "set the clocks of exchange, gateway and authorizer right: at most 60 s lie between them",
        apply: settled,
      },
    ],
  };
}

/** A situation in which nothing began after the request; durations are unchanged. */
function settled(situation: Situation): Situation {
  const { run, session, time } = situation.input;
  const tooFar = Math.max(0, run.startedAt - time);
  return withInput(situation, {
    run: { startedAt: run.startedAt - tooFar, expiresAt: run.expiresAt - tooFar },
    session: {
      ...session,
      startedAt: Math.min(session.startedAt, time),
      lastUsedAt: Math.min(session.lastUsedAt, time),
    },
  });
}
