import type { Unknown } from "../../change";
import { jsonFile } from "../../report/review-json";
import type { PrincipalAccess } from "../principal-access";
import type { Question } from "../question";
import { type Summary, summaryOf } from "../summary";
import type { PrincipalAnswers } from "./answer-text";

const VERSION = "ambit.access/1";

/** `{ version, principal, summary, unread }`: what the terminal shows, with a witness for everything */
export function accessJson(access: PrincipalAccess, unread: readonly Unknown[]): string {
  return jsonFile({ version: VERSION, principal: access, summary: summaryOf(access), unread });
}

/** `{ version, principals, unread }` */
export function tableJson(principals: readonly Summary[], unread: readonly Unknown[]): string {
  return jsonFile({ version: VERSION, principals, unread });
}

/** `{ version, question, principals: [{ id, answers }] }` */
export function answersJson(question: Question, principals: readonly PrincipalAnswers[]): string {
  return jsonFile({ version: VERSION, question, principals });
}
