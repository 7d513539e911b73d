import type { ReasonCode } from "../reasons";
import type { ChangeKind, Explanation } from "./change";
import { withInput, withRequest } from "./edit";
import type { Facts } from "./facts";

type IntentCode = Extract<ReasonCode, `intent.${string}`>;

const TEXTS: Readonly<Record<IntentCode, readonly [what: string, kind: ChangeKind, text: string]>> = {
  "intent.missing": [
    "the platform has an intent evaluator, and it was not asked about",
    "platform",
    "ask the intent evaluator about the call first; it has to allow it",
  ],
  "intent.refused": [
    "the intent evaluator says that it does not serve the task:",
    "request",
    "change the call so that it serves the task (the evaluator's reason is in the authorizer's log), and have it judged anew",
  ],
  "intent.error": [
    "the intent evaluator failed when asked about",
    "platform",
    "bring the intent evaluator back, and have the call judged anew; it has to allow it",
  ],
  "intent.timeout": [
    "the intent evaluator did not answer in time about",
    "platform",
    "look at the load of the intent evaluator, and have the call judged anew; it has to allow it",
  ],
};

export function intentOf(code: IntentCode): (facts: Facts) => Explanation {
  const [what, kind, text] = TEXTS[code];
  return ({ call = "the call", name }) => ({
    what: `${what} ${call} of ${name}`,
    changes: [
      {
        kind,
        text,
        caution: "what the evaluator says then is not known here",
        apply: (situation) => {
          const allowed = { intent: { verdict: "allowed" } } as const;
          return kind === "request" ? withRequest(situation, allowed) : withInput(situation, allowed);
        },
      },
    ],
  });
}
