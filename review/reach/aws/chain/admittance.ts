import type { Statement } from "../../../../iam";
import type { Access, AccessPath, Layer, SourcedStatement } from "../../../../iam/access/access";
import { difference } from "../../../../iam/access/difference";
import { Numbers } from "../../../numbers";
import type { PolicyTexts } from "../policy-texts";
import { ALWAYS, type Question, residual } from "./residual";

/** True if certainly allowed, undefined if certainly not; otherwise the condition that it depends on */
export type Verdict = true | string | undefined;

/** The caller and the request, as layers that only limit */
export interface Limits {
  readonly asks: Layer;
  readonly who: Layer;
}

/**
 * Whether a caller may assume a role on one of several ways.
 *
 * Most questions are decided once the caller is known. The rest reduce to a few questions that many roles share, and are
 * decided once.
 */
export class Admittance {
  private readonly decided = new Map<string, Verdict>();
  private readonly numbers = new Numbers<Statement>();

  constructor(private readonly texts: PolicyTexts) {}

  /** Number of distinct questions that needed a full decision */
  public get hard(): number {
    return this.decided.size;
  }

  /** @param limits computed only if the question is not decided at once */
  public verdict(paths: readonly AccessPath[], question: Question, limits: () => Limits): Verdict {
    const left = paths.map((path) => this.left(path, question));
    const all = left.flatMap(({ layers }) => layers.flatMap(({ statements }) => statements));
    if (all.some(({ statement }) => statement === ALWAYS.Deny)) return undefined;
    const open = left.filter(({ layers }) => layers.every(({ statements }) => statements.some(isAllow)));
    if (open.length === 0) return undefined;
    const mayDeny = all.filter((one) => !isAllow(one));
    if (mayDeny.length === 0 && open.some(({ layers }) => layers.every(isPlain))) return true;
    return this.hardVerdict(open, mayDeny, question, limits);
  }

  private hardVerdict(
    paths: readonly AccessPath[],
    denies: readonly SourcedStatement[],
    question: Question,
    limits: () => Limits,
  ): Verdict {
    const key = this.keyOf(paths, denies, question);
    if (this.decided.has(key)) return this.decided.get(key);
    const { asks, who } = limits();
    const access: Access = {
      paths: paths.map(({ name, layers }) => ({ name, layers: [asks, ...layers, who] })),
      denies,
    };
    const { gained, undecided } = difference({ paths: [] }, access);
    const [one] = gained;
    const verdict = gained.some(({ certain }) => certain)
      ? true
      : one === undefined
        ? undecided[0]?.why
        : `it depends on ${one.unknown.join(" and ")}`;
    this.decided.set(key, verdict);
    return verdict;
  }

  private left({ name, layers }: AccessPath, question: Question): AccessPath {
    return { name, layers: layers.map((layer) => this.layerLeft(layer, question)) };
  }

  private layerLeft({ name, statements }: Layer, question: Question): Layer {
    const left = statements.flatMap(({ statement, source }) => {
      const one = residual(statement, question);
      return one === undefined ? [] : [{ statement: isAlways(one) ? one : this.texts.one(one), source }];
    });
    return { name, statements: left };
  }

  /** Caller and target are part of the key only if a remaining statement names a principal or a role. */
  private keyOf(paths: readonly AccessPath[], denies: readonly SourcedStatement[], question: Question): string {
    const layers = [...paths.flatMap((path) => [...path.layers, undefined]), { statements: denies }];
    const isNamed = layers.some((layer) => layer?.statements.some(({ statement }) => names(statement)));
    const written = layers.map((layer) => layer?.statements.map(({ statement }) => this.numbers.of(statement)).join());
    const { caller, target, isWritten } = question;
    const identity = isNamed || !isWritten || !caller.isWritten ? [caller.arn, target] : [];
    return JSON.stringify([written, ...identity]);
  }
}

function names({ Principal, NotPrincipal, Resource, NotResource, Condition }: Statement): boolean {
  const isNamed = [Principal, NotPrincipal, Resource, NotResource].some((part) => part !== undefined);
  return isNamed || Object.values(Condition ?? {}).some((tests) => Object.keys(tests).some(isAboutCaller));
}

function isAboutCaller(key: string): boolean {
  return /^aws:(?:principal(?:arn|account|isawsservice)|userid)$/i.test(key);
}

function isPlain({ statements }: Layer): boolean {
  return statements.some(({ statement }) => statement === ALWAYS.Allow);
}

function isAlways(statement: Statement): boolean {
  return statement === ALWAYS.Allow || statement === ALWAYS.Deny;
}

export function isAllow({ statement }: SourcedStatement): boolean {
  return statement.Effect === "Allow";
}
