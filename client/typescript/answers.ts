import { AmbitRefused, AmbitUnavailable, type AmbitError, type RefusalReason, sentence } from "./errors";

export type Answer = Readonly<Record<string, unknown>>;

/** @throws AmbitUnavailable if the text is not a JSON object: another server than the companion answered */
export function answerOf(text: string): Answer {
  if (text === "") return {};
  return objectOf(text) ?? unreadable();
}

/** The error that an answer stands for, by its status and OAuth error */
export function failureOf(status: number, retryAfter: string | undefined, text: string): AmbitError {
  if (status < 400) return foreign(`the status ${status}`);
  const answer = objectOf(text) ?? {};
  const reasons = reasonsOf(answer["reasons"]);
  const error = typeof answer["error"] === "string" ? answer["error"] : `status ${status}`;
  if (status >= 500 || status === 429) {
    return new AmbitUnavailable(sentence(error, reasons), reasons, secondsOf(retryAfter));
  }
  return new AmbitRefused(status, error, reasons, secondsOf(retryAfter));
}

/** @throws AmbitUnavailable where it is not there */
export function textOf(answer: Answer, member: string): string {
  const value = answer[member];
  return typeof value === "string" && value !== "" ? value : unreadable(member);
}

/** @throws AmbitUnavailable where it is not whole seconds since the epoch */
export function dateOf(answer: Answer, member: string): Date {
  const value = answer[member];
  const date = new Date(Number.isSafeInteger(value) ? (value as number) * 1000 : NaN);
  return Number.isNaN(date.getTime()) ? unreadable(member) : date;
}

/** @throws AmbitUnavailable where it is not a time of RFC 3339 */
export function timeOf(answer: Answer, member: string): Date {
  const time = new Date(textOf(answer, member));
  return Number.isNaN(time.getTime()) ? unreadable(member) : time;
}

export function unreadable(member?: string): never {
  const what = member === undefined ? "no JSON object" : `nothing sound as ${member}`;
  throw foreign(what);
}

/** It was not the companion that answered. */
export function foreign(what: string): AmbitUnavailable {
  return new AmbitUnavailable(`the companion's answer has ${what}: see that AMBIT_COMPANION_URL is its address`);
}

function reasonsOf(value: unknown): readonly RefusalReason[] {
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is RefusalReason => {
    const { code, what, fix } = (entry ?? {}) as Partial<RefusalReason>;
    return typeof code === "string" && typeof what === "string" && typeof fix === "string";
  });
}

function secondsOf(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,5}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}

function objectOf(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}
