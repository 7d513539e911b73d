import type { ReasonCode } from "../reasons";
import type { ChangeKind, Explanation } from "./change";
import { withInput, withRequest } from "./edit";
import type { Facts } from "./facts";

type IntentCode = Extract<ReasonCode, `intent.${string}`>;

type Texts = readonly [what: (call: string, task: string) => string, kind: ChangeKind, text: string];

const TEXTS: Readonly<Record<IntentCode, Texts>> = {
  "intent.missing": [
    (call, task) => `the platform has an intent evaluator, and it was not asked about ${call} of ${task}`,
    "platform",
    "ask the intent evaluator about the call first; it has to allow it",
  ],
  "intent.refused": [
    (call, task) => `the intent evaluator says that ${call} does not serve ${task}`,
    "request",
    "change the call so that it serves the task (the evaluator's reason is in the authorizer's log), and have it judged anew",
  ],
  "intent.error": [
    (call, task) => `the intent evaluator failed when it was asked about ${call} of ${task}`,
    "platform",
    "bring the intent evaluator back, and have the call judged anew; it has to allow it",
  ],
  "intent.timeout": [
    (call, task) => `the intent evaluator did not answer in time about ${call} of ${task}`,
    "platform",
    "look at the load of the intent evaluator, and have the call judged anew; it has to allow it",
  ],
};

export function intentOf(code: IntentCode): (facts: Facts) => Explanation {
  const [what, kind, text] = TEXTS[code];
  return ({ call = "the call", name }) => ({
    what: what(call, name),
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
