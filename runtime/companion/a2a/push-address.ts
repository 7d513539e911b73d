import { jsonIn } from "../../json";
import { isMember } from "./members";
import type { PushedTo } from "../../../domain/pushes";

interface Level {
  readonly isObject: boolean;
  /** Of the member that is read, in an object */
  name: string | undefined;
  expectsName: boolean;
}

/** Of JSON that is known to be some, as a text that never ends takes them time by the square of its length: texts, and what parts them */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;
const TEXT = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
const HANDLE = /^[\w-]+$/;

/** At the companion, where a push is a call of the run whose handle it has */
export function pushAddress(own: string, handle: string, { tool, path }: PushedTo): string {
  return `${own}/v1/runs/${handle}/tools/${tool}${path}`;
}

/**
 * A body of JSON with another text at one place; all else stays as it is, byte for byte.
 *
 * @param json that was read without a member twice
 * @param at names of members down to it
 */
export function withText(json: string, at: readonly string[], text: string): string {
  const levels: Level[] = [];
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === "{" || token === "[")
      levels.push({ isObject: token === "{", name: undefined, expectsName: token === "{" });
    else if (token === "}" || token === "]") levels.pop();
    else if (level === undefined) continue;
    else if (token === ":") level.expectsName = false;
    else if (token === ",") level.expectsName = level.isObject;
    else if (level.expectsName) level.name = JSON.parse(token) as string;
    else if (isAt(levels, at)) return json.slice(0, index) + JSON.stringify(text) + json.slice(index + token.length);
  }
  throw new Error(`no text stands at ${at.join(".")}`);
}

/**
 * The agent's answer with the declared push address in place of the companion's, in every request of the run and at
 * every place
 *
 * @param answer usually JSON; other formats are searched as text
 */
export function withDeclared(answer: string, own: string, pushes: PushedTo): string {
  if (jsonIn(answer) === undefined) return declaredIn(answer, own, pushes);
  return answer.replace(TEXT, (literal) => {
    const text = JSON.parse(literal) as string;
    const declared = declaredIn(text, own, pushes);
    return declared === text ? literal : JSON.stringify(declared);
  });
}

/** In parts, each looked through once: what an agent says may be long. */
function declaredIn(text: string, own: string, { url, tool, path }: PushedTo): string {
  const [start, end] = [`${own}/v1/runs/`, `/tools/${tool}${path}`];
  const [before = "", ...parts] = text.split(start);
  const declared = parts.map((part) => {
    const [handle = ""] = part.split("/", 1);
    const isOurs = HANDLE.test(handle) && part.startsWith(end, handle.length);
    return isOurs ? url + part.slice(handle.length + end.length) : start + part;
  });
  return before + declared.join("");
}

function isAt(levels: readonly Level[], at: readonly string[]): boolean {
  return (
    levels.length === at.length &&
    levels.every(({ name }, depth) => name !== undefined && isMember(name, at[depth] ?? ""))
  );
}
