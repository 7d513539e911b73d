import type { Unknown } from "../../change";
import { jsonFile } from "../../report/review-json";
import type { AllowedPair, PrincipalAccess } from "../principal-access";
import type { Question } from "../question";
import { type Summary, summaryOf } from "../summary";
import type { PrincipalAnswers } from "./answer-text";

const VERSION = "ambit.access/1";

/** `{ version, principal, summary, unread }`: the content of the terminal report, with a witness for every entry */
export function accessJson(access: PrincipalAccess, unread: readonly Unknown[]): string {
  const paths = access.aws.paths.map((path) => ({ ...path, pairs: path.pairs.map(withoutKinds) }));
  const principal = { ...access, aws: { ...access.aws, paths } };
  return jsonFile({ version: VERSION, principal, summary: summaryOf(access), unread });
}

/** The texts tell a reader as much. */
function withoutKinds({ kinds: _, ...pair }: AllowedPair): Omit<AllowedPair, "kinds"> {
  return pair;
}

/** `{ version, principals, unread }` */
export function tableJson(principals: readonly Summary[], unread: readonly Unknown[]): string {
  return jsonFile({ version: VERSION, principals, unread });
}

/** `{ version, question, principals: [{ id, answers }] }` */
export function answersJson(question: Question, principals: readonly PrincipalAnswers[]): string {
  return jsonFile({ version: VERSION, question, principals });
}
