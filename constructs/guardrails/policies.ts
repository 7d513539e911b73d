import { parsePolicy, type Statement } from "../../iam";
import type { Json } from "../../domain";
import type { Block } from "./block";
import { unknownPatterns } from "./private/known-patterns";
import { isNamedAsBoundary } from "./private/named-boundaries";
import { POLICY_ATTRIBUTES, type PolicyKind } from "./private/policy-attributes";
import { type DocumentStatements, statementsOf } from "./private/statement-blocks";
import type { StackJson } from "./stack";
import { blocksOf, isReference, UndecidedValue } from "./value";
import { oncePer } from "./private/once-per";

export type { PolicyKind } from "./private/policy-attributes";

export interface WrittenPolicy {
  readonly kind: PolicyKind;
  /** Attribute in which it is written, such as `policy` or `inline_policy[0].policy` */
  readonly at: string;
  readonly statements: readonly Statement[];
}

/** Types with a policy of one of these kinds: what a rule about policies looks at */
export function typesWith(...kinds: readonly PolicyKind[]): readonly string[] {
  // A boundary is an identity policy that roles name.
  const wanted = new Set<PolicyKind>(kinds.flatMap((kind) => (kind === "boundary" ? ["identity", kind] : [kind])));
  return Object.entries(POLICY_ATTRIBUTES).flatMap(([type, attributes]) =>
    Object.values(attributes).some((kind) => wanted.has(kind)) ? [type] : [],
  );
}

/** What the policies of a block are, and what of them cannot be read */
interface Reading {
  readonly policies: readonly WrittenPolicy[];
  readonly undecided: readonly UndecidedValue[];
}

/** Each rule about policies asks. */
const readingsIn = oncePer<StackJson, Map<Block, Reading>>(() => new Map());
/** Many roles and keys have the same text, which is parsed once. */
const parsedIn = oncePer<StackJson, Map<string, readonly Statement[]>>(() => new Map());

/** The policies of a block. @throws UndecidedValue for the first part that is known at apply only, or that IAM would not take */
export function policiesOf(block: Block, stack: StackJson): readonly WrittenPolicy[] {
  const { policies, undecided } = readingOf(block, stack);
  if (undecided[0] !== undefined) throw undecided[0];
  return policies;
}

/** What of the policies of a block can be read. The rest is found by the rule `AMBIT-IAM-POLICY-UNREADABLE`. */
export function readablePoliciesOf(block: Block, stack: StackJson): readonly WrittenPolicy[] {
  return readingOf(block, stack).policies;
}

/** What of the policies of a block is known at apply only, or would not be taken by IAM */
export function unreadablePartsOf(block: Block, stack: StackJson): readonly UndecidedValue[] {
  return readingOf(block, stack).undecided;
}

function readingOf(block: Block, stack: StackJson): Reading {
  const known = readingsIn(stack);
  const before = known.get(block);
  if (before !== undefined) return before;
  const undecided: UndecidedValue[] = [];
  const policies = writtenIn(block, undecided).flatMap(({ kind, at, written }): readonly WrittenPolicy[] => {
    const read = collected(undecided, () => statementsIn(written, at, block, stack));
    if (read === undefined) return [];
    undecided.push(...read.undecided, ...unknownPatterns(read.statements, at, stack));
    return [{ kind: isBoundary(block, stack) ? "boundary" : kind, at, statements: read.statements }];
  });
  const reading = { policies, undecided };
  known.set(block, reading);
  return reading;
}

/** What a boundary allows gives no rights; that its subject does not leave it is the rule `AMBIT-IAM-BOUNDARY-ESCAPE`. */
function isBoundary(block: Block, stack: StackJson): boolean {
  return block.type === "aws_iam_policy" && isNamedAsBoundary(block, stack);
}

/** Undefined where it cannot be decided, which is kept */
function collected<T>(undecided: UndecidedValue[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UndecidedValue)) throw error;
    undecided.push(error);
    return undefined;
  }
}

interface WrittenText {
  readonly kind: PolicyKind;
  readonly at: string;
  readonly written: Json;
}

function writtenIn({ mode, type, body }: Block, undecided: UndecidedValue[]): readonly WrittenText[] {
  const attributes = mode === "resource" ? POLICY_ATTRIBUTES[type] : undefined;
  return Object.entries(attributes ?? {})
    .flatMap(([path, kind]) => {
      const [outer, inner] = path.split(".") as [string, string?];
      if (inner === undefined) return [{ kind, at: outer, written: body[outer] ?? null }];
      const blocks = collected(undecided, () => blocksOf(body, outer)) ?? [];
      return blocks.map((each, index) => ({ kind, at: `${outer}[${index}].${inner}`, written: each[inner] ?? null }));
    })
    .filter(({ written }) => written !== null);
}

function statementsIn(written: Json, at: string, block: Block, stack: StackJson): DocumentStatements {
  if (typeof written !== "string") throw new UndecidedValue(at, written, `${at} must be a text of JSON`);
  const referred = stack.referred(written);
  if (referred?.block.address.startsWith("data.aws_iam_policy_document.") === true && referred.attribute === "json") {
    return statementsOf(referred.block.body, at);
  }
  const text = isWholeReference(written) ? stack.evaluate(block, at) : written;
  if (text === undefined) throw new UndecidedValue(at, written, `${at} is known at apply only`);
  return { statements: parsed(text, at, stack), undecided: [] };
}

function isWholeReference(text: string): boolean {
  return isReference(text) && /^\s*\$\{/.test(text);
}

function parsed(text: string, at: string, stack: StackJson): readonly Statement[] {
  const known = parsedIn(stack);
  const before = known.get(text);
  if (before !== undefined) return before;
  try {
    const { statements } = parsePolicy(text, { from: "terraform" });
    known.set(text, statements);
    return statements;
  } catch (error) {
    const sentence = (error as Error).message;
    throw new UndecidedValue(at, text, `${at} cannot be read: ${/"\$\{object /.test(text) ? OPEN_KEY : sentence}`);
  }
}

/** A reader evaluates an object whose key has an expression as one text. */
const OPEN_KEY =
  "a key is known at apply only: write it as a data source aws_iam_policy_document, whose condition takes such a variable";
