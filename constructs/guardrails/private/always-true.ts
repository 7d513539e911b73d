/** Statements of Rego that hold for every request, as far as they are told by their text */
const ALWAYS = [
  "true",
  "input",
  "not\\s+false",
  // A number or text, and what is assigned or compared with itself
  '-?\\d[\\w.]*|"[^"]*"',
  '(?:some\\s+)?\\w+\\s*:=\\s*(?:true|-?\\d[\\w.]*|"[^"]*")',
  "(\\S+)\\s*={1,2}\\s*\\1",
].join("|");

const STATEMENT = new RegExp(`^(?:${ALWAYS})$`);

/** What each request to OPA's own API has, which the policy system.authz decides on */
const OF_API = /^input\.(?:method|path|headers|params)$/;

/** Whether a body of Rego is true for each question; a body that reads another rule is not looked into. */
export function isAlwaysTrue(body: string, isApi: boolean): boolean {
  const statements = body.split(/[;\n]/).map((each) => each.trim());
  return statements.filter((each) => each !== "").every((each) => STATEMENT.test(each) || (isApi && OF_API.test(each)));
}
