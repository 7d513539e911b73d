import type { DecisionInput, Verdict } from "../../domain";

/** Says whether a request of the contract is allowed. The input has been checked. */
export interface DecisionEngine {
  readonly name: "cedar" | "opa";

  /**
   * Decide. The engine throws if it has no sound answer.
   *
   * @throws EngineError
   */
  decide(input: DecisionInput): Promise<Verdict>;
}

/** No sound answer came. The request is denied with the code. */
export class EngineError extends Error {
  public override readonly name = "EngineError";

  constructor(
    public readonly code: "engine.error" | "engine.timeout",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Validates an engine's verdict: an allow has no reason, a denial has one.
 *
 * @throws EngineError
 */
export function soundVerdict(value: unknown, engine: string): Verdict {
  const verdict = value as Partial<Verdict> | null | undefined;
  const texts = (list: unknown): list is readonly string[] =>
    Array.isArray(list) && list.every((entry) => typeof entry === "string" && entry !== "");
  const { allow, reasons, observed, revision } = verdict ?? {};
  const sound =
    typeof allow === "boolean" &&
    texts(reasons) &&
    texts(observed) &&
    Number.isSafeInteger(revision) &&
    (revision as number) >= 0 &&
    allow === (reasons.length === 0) &&
    (allow || observed.length === 0);
  if (!sound) throw new EngineError("engine.error", `${engine} gave no sound verdict: ${JSON.stringify(value)}`);
  return { allow, reasons: [...reasons].sort(), observed: [...observed].sort(), revision: revision as number };
}
