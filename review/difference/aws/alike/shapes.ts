import { type Principal, type Statement, valuesOf } from "../../../../iam";
import type { AccessPath, SourcedStatement } from "../../../../iam/access/access";
import { Numbers } from "../../../numbers";

/** No JSON on one line holds it. */
const BLANK = "\n";
/** Letters that end the name in the ARN of a secret */
const ENDING = 6;

/** Stands for every statement in which no name can be told from the rest */
const UNTELLING: StatementShape = { fixed: "", open: "", keepsWords: false, stems: [] };

/** A shape as a number, undefined where the name cannot be told from the rest */
interface Known {
  readonly name: string;
  readonly shape: number | undefined;
}

interface KnownStatement extends Known {
  /** Of a statement that other principals may have too: it does not hold the name, or that is not certain. */
  readonly written?: StatementShape;
  /** For every name that is not in it */
  readonly shapeOfOthers?: number;
}

/**
 * What policies look like without the name of their principal, as numbers.
 *
 * Where two names leave the same, what one may do with its name in a request the other may do with the other name. For to
 * change each name for the other, wherever it is a whole word, makes of the requests that a statement of one matches those
 * that the statement of the other does: wildcards stand for whole words, names are words that nothing else is written
 * with, and neither name is in the policies of the other.
 */
export class Shapes {
  private readonly numbers = new Numbers<string>();
  private readonly telling = new Map<string, boolean>();
  private readonly written = new Map<number, StatementShape>();
  private readonly ofStatements = new Map<Statement, KnownStatement>();
  private readonly ofLists = new Map<readonly SourcedStatement[], Known>();
  private readonly ofPaths = new Map<AccessPath, Known>();

  /** Equal for paths of one shape; undefined where the name cannot be told from the rest. */
  public ofPath(path: AccessPath, name: string): number | undefined {
    const known = this.ofPaths.get(path);
    if (known?.name === name) return known.shape;
    const layers = path.layers.map(({ statements }) => this.of(statements, name));
    const shape = layers.includes(undefined) ? undefined : this.numbers.of(`layers ${layers.join()}`);
    this.ofPaths.set(path, { name, shape });
    return shape;
  }

  /** Equal for as many statements, each of the same shape; undefined where the name cannot be told from the rest. */
  public of(statements: readonly SourcedStatement[], name: string): number | undefined {
    const known = this.ofLists.get(statements);
    if (known?.name === name) return known.shape;
    const shapes = statements.map(({ statement }) => this.ofStatement(statement, name));
    const shape = shapes.includes(undefined) ? undefined : this.numbers.of(`statements ${shapes.join()}`);
    this.ofLists.set(statements, { name, shape });
    return shape;
  }

  public ofStatement(statement: Statement, name: string): number | undefined {
    const known = this.ofStatements.get(statement);
    if (known?.name === name) return known.shape;
    const written = known?.written ?? statementShape(statement);
    if (!this.isToldFrom(written, name)) {
      this.ofStatements.set(statement, { name, shape: undefined, written: written.keepsWords ? written : UNTELLING });
      return undefined;
    }
    // Many statements are everybody's, and have one shape for all whose names are not in them.
    if (!written.open.includes(name)) {
      if (known?.shapeOfOthers !== undefined) return known.shapeOfOthers;
      const shape = this.numberOf(written, written.open);
      this.ofStatements.set(statement, { name, shape, shapeOfOthers: shape, written: this.once(written, shape) });
      return shape;
    }
    const shape = this.numberOf(written, blankName(written.open, name, BLANK));
    this.ofStatements.set(statement, { name, shape });
    return shape;
  }

  /** Whether a name can be told from everything else that is compared letter by letter */
  private isToldFrom({ keepsWords, stems }: StatementShape, name: string): boolean {
    if (!keepsWords || !this.isTelling(name)) return false;
    return !stems.some((stem) => name.length <= ENDING || name.startsWith(stem));
  }

  private isTelling(name: string): boolean {
    const known = this.telling.get(name) ?? isTelling(name);
    this.telling.set(name, known);
    return known;
  }

  private numberOf({ fixed }: StatementShape, open: string): number {
    return this.numbers.of(`${fixed}${BLANK}${open}`);
  }

  /** Many statements are written alike, and their texts are long. */
  private once(written: StatementShape, shape: number): StatementShape {
    const known = this.written.get(shape) ?? written;
    this.written.set(shape, known);
    return known;
  }
}

/** A statement as text: what is compared letter by letter stands apart, so that a name can be looked for there. */
interface StatementShape {
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

function statementShape(statement: Statement): StatementShape {
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

/** Every letter that is none of these ends a word. */
const WORD = /[\w-]+/g;

const LABEL = /^[a-z0-9-]{1,63}$/;
/** Letters that no digit is written with, decimal or hexadecimal */
const LETTERS = /[g-z]/g;
/**
 * Words that are read as more than letters, or written where a policy has none: truth values, and those of the ARNs of
 * principals. An account's root is everybody in it, a role is its sessions too, and examples of both are called something.
 */
const MEANINGFUL: ReadonlySet<string> = new Set(
  "true false arn aws iam sts root role assumed-role any session".split(" "),
);

/** Whether a name can be told from all other words of policies: it is no number, date or address, and no word with a meaning. */
function isTelling(name: string): boolean {
  return LABEL.test(name) && (name.match(LETTERS)?.length ?? 0) > 1 && !MEANINGFUL.has(name);
}

/** The text with each of two names in the place of the other, where it is a whole word */
export function swapNames(text: string, one: string, other: string): string {
  if (one === other || !(text.includes(one) || text.includes(other))) return text;
  return text.replace(WORD, (word) => (word === one ? other : word === other ? one : word));
}

/** The text with something that no text holds in the place of a name, where it is a whole word */
function blankName(text: string, name: string, blank: string): string {
  return text.includes(name) ? text.replace(WORD, (word) => (word === name ? blank : word)) : text;
}
