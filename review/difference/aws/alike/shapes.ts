import type { Statement } from "../../../../iam";
import type { AccessPath, SourcedStatement } from "../../../../iam/access/access";
import { Numbers } from "../../../numbers";
import { blanked, isTelling } from "./agent-name";
import { type StatementShape, statementShape } from "./statement-shape";

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
  /** Of a statement that may be others' too: the name is not in it, or nobody can tell. */
  readonly written?: StatementShape;
  /** For every name that is not in it */
  readonly shapeOfOthers?: number;
}

/**
 * What policies look like without the name of whom they are for, as numbers.
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
    const shape = this.numberOf(written, blanked(written.open, name, BLANK));
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
