import { type Principal, type Statement, valuesOf } from "../../../../iam";

/** A statement as text: what is compared letter by letter stands apart, so that a name can be looked for there. */
export interface StatementShape {
  /** Actions, condition keys with their operators, and values that are compared in other ways */
  readonly fixed: string;
  /** Resources, principals, and values that are compared letter by letter, as JSON */
  readonly open: string;
  /** Whether no wildcard stands for a part of a word, but for those after `stems` */
  readonly keepsWords: boolean;
  /** What words begin with that end in any six letters, as the ARNs of secrets do */
  readonly stems: readonly string[];
}

const LETTER_BY_LETTER = /^(?:ForAllValues:|ForAnyValue:)?(?:String|Arn)(?:Not)?(?:Equals|Like)(?:IfExists)?$/;
const CASELESS = /IgnoreCase/;

/** In the widest reading, each matches any text. None goes on in another string: a brace may be a letter. */
const PARTS = /\$\{[^{}"]*\}/g;
/** Source: Secrets Manager user guide, "What's in a secret": AWS ends the name in an ARN with six random characters. */
const SECRETS = /([\w-]+-)\?{6}(?=")/g;
const INSIDE_WORD = /[\w*?-][*?]|[*?][\w*?-]/;
/** An escaped letter, which would not be seen to end a word, or a brace of no part */
const UNREAD = /[\\{}]/;

export function statementShape(statement: Statement): StatementShape {
  const { Resource, NotResource, Principal, NotPrincipal, Condition, ...rest } = statement;
  const compared: unknown[] = [Resource, NotResource, principals(Principal), principals(NotPrincipal)];
  const tests: unknown[] = [];
  let ignoresCase = false;
  for (const [operator, values] of Object.entries(Condition ?? {})) {
    const isCompared = LETTER_BY_LETTER.test(operator);
    ignoresCase ||= CASELESS.test(operator);
    for (const [key, value] of Object.entries(values)) {
      tests.push(isCompared ? [operator, key] : [operator, key, value]);
      if (isCompared) compared.push(valuesOf(value));
    }
  }
  const open = JSON.stringify(compared);
  const patterns = open.includes("$") ? open.replace(PARTS, "*") : open;
  const stems = open.includes("?") ? [...patterns.matchAll(SECRETS)].map(([, stem = ""]) => stem) : [];
  const others = stems.length === 0 ? patterns : patterns.replace(SECRETS, "$1");
  const keepsWords = !ignoresCase && !UNREAD.test(patterns) && !INSIDE_WORD.test(others);
  return { fixed: JSON.stringify([rest, tests]), open, keepsWords, stems };
}

/** Without braces, which are those of parts */
function principals(principal: Principal | undefined): unknown {
  return typeof principal === "object" ? Object.entries(principal) : principal;
}
