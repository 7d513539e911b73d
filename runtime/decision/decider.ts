import {
  checkInput,
  type CheckedInput,
  type Decision,
  DECISION_VERSION,
  type DecisionInput,
  OBSERVABLE,
  readInput,
  type Reason,
  type ReasonCode,
  REASONS,
  type Verdict,
} from "../../domain";
import { quietly } from "../quietly";
import { type DecisionEngine, EngineError, soundVerdict } from "./engine";

const CUSTOM = "custom.";

/** Asks an engine and explains its verdict. Every failure is a denial with a reason, never an exception. */
export class Decider {
  private readonly report: (error: unknown) => void;

  /** @param onFailure told of what went wrong with the engine; the answer is a denial anyway */
  constructor(
    private readonly engine: DecisionEngine,
    onFailure: (error: unknown) => void = () => undefined,
  ) {
    this.report = quietly(onFailure);
  }

  /** Decide on bytes of JSON, as they came over a network. */
  public decideBytes(bytes: Uint8Array): Promise<Decision> {
    return this.decided(readInput(bytes));
  }

  /** Decide on an unvalidated value. */
  public decide(value: unknown): Promise<Decision> {
    return this.decided(checkInput(value));
  }

  private async decided(checked: CheckedInput): Promise<Decision> {
    if (!checked.ok) {
      const { code, what } = checked.problem;
      return denied([{ ...reasonOf(code), what }]);
    }
    return this.asked(checked.input);
  }

  private async asked(input: DecisionInput): Promise<Decision> {
    try {
      // Engines check what they were sent themselves; one that forgets to must not be believed either.
      const verdict = soundVerdict(await this.engine.decide(input), this.engine.name);
      const { allow, reasons, observed, revision } = verdict;
      believable(verdict, input);
      return {
        version: DECISION_VERSION,
        decision: allow ? "allow" : "deny",
        reasons: reasons.map(reasonOf),
        observed: observed.map(reasonOf),
        revision,
      };
    } catch (error) {
      this.report(error);
      return denied([reasonOf(error instanceof EngineError ? error.code : "engine.error")]);
    }
  }
}

/** An allow by an older policy, or one that observes what must never be softened, is not accepted. */
function believable({ allow, observed, revision }: Verdict, { revisionSeen }: DecisionInput): void {
  if (!allow) return;
  if (revision < revisionSeen) {
    throw new EngineError("engine.error", `allowed by revision ${revision}, and ${revisionSeen} was seen already`);
  }
  const other = observed.find((code) => !OBSERVABLE.includes(code as ReasonCode));
  if (other !== undefined) throw new EngineError("engine.error", `${other} refuses, and cannot be only observed`);
}

function denied(reasons: readonly Reason[]): Decision {
  return { version: DECISION_VERSION, decision: "deny", reasons, observed: [], revision: 0 };
}

/** A code with its texts. An unknown code means that the engine cannot be trusted. */
export function reasonOf(code: string): Reason {
  if (Object.hasOwn(REASONS, code)) {
    const known = code as ReasonCode;
    return { code: known, ...REASONS[known] };
  }
  if (code.startsWith(CUSTOM)) {
    const custom = code as `custom.${string}`;
    return { code: custom, what: "a rule of the platform's own refused", fix: "look at the rule of this code" };
  }
  throw new EngineError("engine.error", `no such reason: ${JSON.stringify(code)}`);
}
