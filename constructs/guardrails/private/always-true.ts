import { truthOf } from "./truth";

/** Statements of Rego that hold for every request, as far as they are told by their text */
const ALWAYS = [
  "input",
  // A number or text, and what is assigned or unified with itself
  '-?\\d[\\w.]*|"[^"]*"',
  '(?:some\\s+)?\\w+\\s*:=\\s*(?:input|true|-?\\d[\\w.]*|"[^"]*")',
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
const CONSTANT =
  /^[ \t]*(?:default\s+)?(\w+)(?:\s*:?=\s*true[ \t]*$|(?:\s*:?=\s*true)?(?:\s*(?:if\s*)?\{\s*true\s*\}|[ \t]+if[ \t]+true[ \t]*$))/gm;

/** A rule of one value: each but `false` holds as a condition. An indented one may be a variable of a body. */
const VALUE = /^(\w+)[ \t]*:?=[ \t]*(-?\d+(?:\.\d+)?|"[^"\n]*")[ \t]*$/gm;

/** The rules in a policy of Rego that always have the same value, by name */
export function constantsIn(policy: string): ReadonlyMap<string, string> {
  const values = [...policy.matchAll(VALUE)].map(([, name = "", value = ""]) => [name, value] as const);
  return new Map([...values, ...[...policy.matchAll(CONSTANT)].map(([, name = ""]) => [name, "true"] as const)]);
}

/** Whether a body of Rego is true for each question; of other rules, only those are known that always have the same value. */
export function isAlwaysTrue(body: string, isApi: boolean, constants: ReadonlyMap<string, string>): boolean {
  const known = new Map(constants);
  const statements = body.split(/[;\n]/).map((each) => each.trim());
  return statements
    .filter((each) => each !== "")
    .every((statement) => {
      const [, name, value] = ASSIGNED.exec(statement) ?? [];
      const isFirst = name !== undefined && !known.has(name);
      if (isFirst) known.set(name, value as string);
      if (isFirst || STATEMENT.test(statement) || (isApi && OF_API.test(statement))) return true;
      return (known.has(statement) && known.get(statement) !== "false") || holds(statement, known);
    });
}

/** Whether an expression is true for each question */
export function holds(expression: string, known: ReadonlyMap<string, string>): boolean {
  const statement = expression.replace(/(?<![\w."])\w+(?![\w."(])/g, (word) => known.get(word) ?? word);
  const [, denied] = /^not\s+(.*)$/s.exec(statement) ?? [];
  return denied === undefined ? truthOf(statement) === true : truthOf(denied) === false;
}
