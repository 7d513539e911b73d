import { difference, isWithin as isPolicyWithin, PreparedAccess } from "../../../../iam";
import type { Access } from "../../../../iam/access/access";
import { Budget, TooComplex } from "../../../../iam/sets/budget";
import { isWithin } from "../../../../iam/sets/text-set";
import { PolicyTexts } from "../../../../review/reach/aws/policy-texts";
import { awsReach } from "../../../../review/reach/aws/aws-reach";
import { readEstate } from "../../../../review/read/estate";
import { patternQuestions } from "../pattern-questions";
import { timed, type TimedQuestion } from "../timed-questions";

/** Run by the bench in a process of its own: single questions about the accesses of a fleet, and about patterns. */
const [folder] = process.argv.slice(2);
const SAMPLED = 100;
const NOTHING: Access = { paths: [] };

const reach = awsReach(readEstate(folder as string), new PolicyTexts());
const accesses: readonly Access[] = [...reach.principals.values()]
  .filter(({ isAgent }) => isAgent)
  .slice(0, SAMPLED)
  .map(({ paths, denies }) => ({ paths, denies }));

/** What shows that something is allowed, asked of whose it is, and of the next agent */
const asked = accesses.flatMap((access, at) => {
  const both = [access, accesses[(at + 1) % accesses.length] as Access].map((each) => new PreparedAccess(each));
  return difference(NOTHING, access).gained.flatMap(({ witness }) =>
    both.map((prepared): TimedQuestion => {
      const ask = () => prepared.decide(witness);
      return { ask, isUnknown: () => ask().verdict === "unknown" };
    }),
  );
});

/** Each access and its parts within the next agent's, and a part within all of it */
const compared = accesses.flatMap((access, at) => {
  const next = accesses[(at + 1) % accesses.length] as Access;
  const parts = access.paths.map((path): Access => ({ paths: [path] }));
  return [within(access, next), ...parts.flatMap((part) => [within(part, access), within(part, next)])];
});

const patterns = patternQuestions().map(({ some, others }): TimedQuestion => {
  const ask = (): boolean | undefined => {
    try {
      return isWithin(some, others, new Budget());
    } catch (error) {
      if (error instanceof TooComplex) return undefined;
      throw error;
    }
  };
  return { ask, isUnknown: () => ask() === undefined };
});

process.stdout.write(JSON.stringify({ decide: timed(asked), policies: timed(compared), patterns: timed(patterns) }));

function within(access: Access, other: Access): TimedQuestion {
  const isUnknown = () => difference(other, access).undecided.length > 0;
  return { ask: () => isPolicyWithin(access, other), isUnknown };
}
