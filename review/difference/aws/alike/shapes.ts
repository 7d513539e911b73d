import { type Principal, type Statement, valuesOf } from "../../../../iam";
import type { AccessPath, SourcedStatement } from "../../../../iam/access/access";
import { Numbers } from "../../../numbers";

/** JSON on one line never contains it. */
const BLANK = "\n";
/** Letters that end the name in the ARN of a secret */
const ENDING = 6;

/** Stands for every statement in which a name is ambiguous */
const UNTELLING: StatementShape = { fixed: "", open: "", keepsWords: false, stems: [] };

/** A shape as a number; undefined if the name is ambiguous */
interface Known {
  readonly name: string;
  readonly shape: number | undefined;
}

interface KnownStatement extends Known {
  /** For a statement that several principals may share: it does not hold the name, or may not. */
  readonly written?: StatementShape;
  /** The shape for every name that it does not hold */
  readonly shapeOfOthers?: number;
}

/**
 * Shapes of policies, as numbers: their text without the name of their principal.
 *
 * If two principals have the same shape, each can make the other's requests with its own name in place of the other's.
 * Proof: swapping the two names as whole words maps the requests that match one principal's statement to those that match
 * the other's. Wildcards stand for whole words, the names occur only as whole words, and neither name is in the other's
 * policies.
 */
export class Shapes {
  private readonly numbers = new Numbers<string>();
  private readonly telling = new Map<string, boolean>();
  private readonly written = new Map<number, StatementShape>();
  private readonly ofStatements = new Map<Statement, KnownStatement>();
  private readonly ofLists = new Map<readonly SourcedStatement[], Known>();
  private readonly ofPaths = new Map<AccessPath, Known>();

  /** Equal for paths of one shape; undefined if the name is ambiguous */
  public ofPath(path: AccessPath, name: string): number | undefined {
    const known = this.ofPaths.get(path);
    if (known?.name === name) return known.shape;
    const layers = path.layers.map(({ statements }) => this.of(statements, name));
    const shape = layers.includes(undefined) ? undefined : this.numbers.of(`layers ${layers.join()}`);
    this.ofPaths.set(path, { name, shape });
    return shape;
  }

  /** Equal for lists of statements with the same shapes; undefined if the name is ambiguous */
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
    // Many statements are shared by all principals: one shape serves every name that they do not hold.
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

  /** Whether a name is distinct from everything else that is compared letter by letter */
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

  /** Many statements have the same long text: keep one. */
  private once(written: StatementShape, shape: number): StatementShape {
    const known = this.written.get(shape) ?? written;
    this.written.set(shape, known);
    return known;
  }
}

/** A statement as text. The parts that are compared letter by letter are separate, so that a name can be searched there. */
interface StatementShape {
  /** Actions, condition keys with operators, and values that are not compared letter by letter */
  readonly fixed: string;
  /** Resources, principals and values that are compared letter by letter, as JSON */
  readonly open: string;
  /** Whether every wildcard stands for whole words, except after `stems` */
  readonly keepsWords: boolean;
  /** Beginnings of words that end in any six characters, as the ARNs of secrets do */
  readonly stems: readonly string[];
}

const LETTER_BY_LETTER = /^(?:ForAllValues:|ForAnyValue:)?(?:String|Arn)(?:Not)?(?:Equals|Like)(?:IfExists)?$/;
const CASELESS = /IgnoreCase/;

/** In the widest reading, each matches any text. None spans two strings: a brace may be a plain letter. */
const PARTS = /\$\{[^{}"]*\}/g;
/** Source: Secrets Manager user guide, "What's in a secret": AWS ends the name in an ARN with six random characters. */
const SECRETS = /([\w-]+-)\?{6}(?=")/g;
const INSIDE_WORD = /[\w*?-][*?]|[*?][\w*?-]/;
/** An escaped letter, which could hide the end of a word, or a brace outside `${…}` */
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

/** Without braces, which mark `${…}` */
function principals(principal: Principal | undefined): unknown {
  return typeof principal === "object" ? Object.entries(principal) : principal;
}

/** Every other character ends a word. */
const WORD = /[\w-]+/g;

const LABEL = /^[a-z0-9-]{1,63}$/;
/** Letters that occur in no decimal or hexadecimal number */
const LETTERS = /[g-z]/g;
/**
 * Words with a meaning beyond their letters, or found where no policy is written: truth values, and words of the ARNs of
 * principals. The root of an account stands for every principal in it, a role for its sessions, and examples have made-up names.
 */
const MEANINGFUL: ReadonlySet<string> = new Set(
  "true false arn aws iam sts root role assumed-role any session".split(" "),
);

/** Whether a name is distinct from all other words of policies: no number, date, address or word with a meaning */
function isTelling(name: string): boolean {
  return LABEL.test(name) && (name.match(LETTERS)?.length ?? 0) > 1 && !MEANINGFUL.has(name);
}

/** The text with two names swapped, as whole words */
export function swapNames(text: string, one: string, other: string): string {
  if (one === other || !(text.includes(one) || text.includes(other))) return text;
  return text.replace(WORD, (word) => (word === one ? other : word === other ? one : word));
}

/** The text with a name blanked out, as a whole word */
function blankName(text: string, name: string, blank: string): string {
  return text.includes(name) ? text.replace(WORD, (word) => (word === name ? blank : word)) : text;
}
