import { truthOf } from "./truth";

/** Statements of Rego that hold for every request, as far as they are told by their text */
const ALWAYS = [
  "input",
  // A number or text, and what is assigned or unified with itself
  '-?\\d[\\w.]*|"[^"]*"',
  '(?:some\\s+)?\\w+\\s*:=\\s*(?:true|-?\\d[\\w.]*|"[^"]*")',
  "(\\S+)\\s*=\\s*\\1",
  // Each text begins with none, and matches a pattern of anything
  '(?:startswith|endswith|contains)\\([^()]*,\\s*""\\s*\\)',
  '(?:regex\\.match|re_match)\\(\\s*["`]\\^?\\.\\*\\$?["`]\\s*,[^()]*\\)',
].join("|");

const STATEMENT = new RegExp(`^(?:${ALWAYS})$`);

/** What each request to OPA's own API has, which the policy system.authz decides on */
const OF_API = /^input\.(?:method|path|headers|params)$/;

/** A variable that is given a constant */
const ASSIGNED = /^(?:some\s+)?(\w+)\s*:=\s*(true|false|-?\d+(?:\.\d+)?|"[^"]*")$/;

/** A rule that is true without a condition, by which other rules may be written */
const CONSTANT = /^[ \t]*(?:default\s+)?(\w+)\s*(?::?=\s*true[ \t]*$|(?::?=\s*true\s*)?(?:if\s*)?\{\s*true\s*\})/gm;

/** The names of rules in a policy of Rego that are always true */
export function constantsIn(policy: string): ReadonlySet<string> {
  return new Set([...policy.matchAll(CONSTANT)].map(([, name]) => name as string));
}

/** Whether a body of Rego is true for each question; of other rules, only those are known that are always true. */
export function isAlwaysTrue(body: string, isApi: boolean, constants: ReadonlySet<string>): boolean {
  const known = new Map([...constants].map((name) => [name, "true"]));
  const statements = body.split(/[;\n]/).map((each) => each.trim());
  return statements
    .filter((each) => each !== "")
    .every((statement) => {
      const [, name, value] = ASSIGNED.exec(statement) ?? [];
      const isFirst = name !== undefined && !known.has(name);
      if (isFirst) known.set(name, value as string);
      if (isFirst || STATEMENT.test(statement) || (isApi && OF_API.test(statement))) return true;
      return holds(statement.replace(/(?<![\w."])\w+(?![\w."(])/g, (word) => known.get(word) ?? word));
    });
}

function holds(statement: string): boolean {
  const [, denied] = /^not\s+(.*)$/s.exec(statement) ?? [];
  return denied === undefined ? truthOf(statement) === true : truthOf(denied) === false;
}
