import { type DecisionInput, type PolicyDocument, policyProblems, type Verdict } from "../../../domain";
import { type CedarSources, cedarSources } from "../../../policies/cedar-sources";
import { statefulIsAuthorized } from "../../../policies/cedar-wasm";
import { type DecisionEngine, EngineError, soundVerdict } from "../engine";
import type { CedarQuestion } from "./facts";
import { PolicySets } from "./policy-sets";
import { type Answer, RememberedAnswers } from "./remembered-answers";
import { slice } from "./slice";

const ALLOW = "allow";
const OBSERVED = "observed:";

export interface CedarEngineProps {
  readonly policy: PolicyDocument;
  /** Of the policy; 0 if it has none */
  readonly revision: number;
  /**
   * Policies and their schema.
   *
   * @default those of Ambit alone, read and checked once
   */
  readonly sources?: CedarSources;
  /**
   * Answers that are remembered, of about 1.5 kB each: for callers that ask the same again and again.
   *
   * @default 0
   */
  readonly remembered?: number;
}

/** What is decided by, in one piece: a decision never sees half of a new policy */
interface Current {
  readonly policy: PolicyDocument;
  readonly revision: number;
}

/** Cedar in this process. If a policy failed to evaluate, it might have been a `forbid`: then the request is denied. */
export class CedarEngine implements DecisionEngine {
  public readonly name = "cedar";
  private readonly sets: PolicySets;
  private readonly answers: RememberedAnswers;
  private current: Current;

  /** @throws Error if the policy document, its revision or a source is malformed */
  constructor({ policy, revision, sources = cedarSources(), remembered = 0 }: CedarEngineProps) {
    this.current = checked(policy, revision);
    this.sets = new PolicySets(sources.policies);
    this.answers = new RememberedAnswers(this.sets.comparisons, remembered);
  }

  /**
   * Replace the policy.
   *
   * @throws Error if it or its revision is malformed; the one before stays in force
   */
  public replace(policy: PolicyDocument, revision: number): void {
    this.current = checked(policy, revision);
  }

  public async decide(input: DecisionInput): Promise<Verdict> {
    const { policy, revision } = this.current;
    try {
      const question = slice(input, policy, revision);
      const answer = this.answers.of(question, () => answerTo(question, this.sets.setFor(question)));
      return soundVerdict({ ...answer, revision }, this.name);
    } catch (error) {
      if (error instanceof EngineError) throw error;
      throw new EngineError("engine.error", `cedar could not decide: ${(error as Error).message}`, { cause: error });
    }
  }
}

function checked(policy: PolicyDocument, revision: number): Current {
  const [problem] = policyProblems(policy);
  if (problem !== undefined) throw new Error(`the policy document is not sound: ${problem}`);
  if (!Number.isSafeInteger(revision) || revision < 0) {
    throw new Error(`revision must be a whole number from 0, got ${revision}`);
  }
  return { policy, revision };
}

function answerTo(question: CedarQuestion, preparsedPolicySetId: string): Answer {
  const answer = statefulIsAuthorized({ ...question, entities: [], preparsedPolicySetId } as StatefulCall);
  if (answer.type === "failure") throw failed(answer.errors.map(({ message }) => message));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) {
    throw failed(diagnostics.errors.map(({ policyId, error }) => `${policyId}: ${error.message}`));
  }
  if (decision === "deny") {
    if (diagnostics.reason.length === 0) throw failed(["nothing refuses, and nothing allows"]);
    return { allow: false, reasons: diagnostics.reason, observed: [] };
  }
  // An observation is a permit too, which alone does not allow.
  const noted = diagnostics.reason.filter((id) => id !== ALLOW);
  const other = noted.find((id) => !id.startsWith(OBSERVED));
  if (noted.length === diagnostics.reason.length) throw failed([`${ALLOW} does not hold`]);
  if (other !== undefined) throw failed([`${other} must not allow`]);
  return { allow: true, reasons: [], observed: noted.map((id) => id.slice(OBSERVED.length)) };
}

type StatefulCall = Parameters<typeof statefulIsAuthorized>[0];

function failed(what: readonly string[]): EngineError {
  return new EngineError("engine.error", `cedar gave no sound answer: ${what.join("; ")}`);
}
