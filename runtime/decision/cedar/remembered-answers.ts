import type { Verdict } from "../../../domain";
import { Bounded } from "../../bounded";
import type { CedarQuestion } from "./facts";
import { type Comparison, outcomesOf, stillFacts } from "./moving-facts";

export type Answer = Omit<Verdict, "revision">;

/**
 * Answers of Cedar, which depend on the question alone: most of a decision's time is handing over its facts. One is given again only to
 * the same question, in which times and what is left of budgets may be others, as long as every comparison of any policy says the same.
 */
export class RememberedAnswers {
  private readonly known: Bounded<Answer>;

  /** @param comparisons of all policies; undefined if one uses a moving fact in another way: then nothing is cached */
  constructor(
    private readonly comparisons: readonly Comparison[] | undefined,
    private readonly most: number,
  ) {
    this.known = new Bounded(most);
  }

  /** @param ask throws where there is no sound answer, which is not remembered */
  public of(question: CedarQuestion, ask: () => Answer): Answer {
    if (this.most === 0 || this.comparisons === undefined) return ask();
    const { principal, action, resource, context } = question;
    const outcomes = outcomesOf(this.comparisons, context);
    if (outcomes === undefined) return ask();
    const key = JSON.stringify([principal.id, action.id, resource.id, outcomes, stillFacts(context)]);
    const known = this.known.of(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.known.put(key, answer);
    return answer;
  }
}
