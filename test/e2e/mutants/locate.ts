import ts from "typescript";
import { bodyOf, declarationAt } from "./declarations";
import type { Mutant, Names } from "./mutant";
import { operatorOf } from "./mutant";
import { dotted, heads, keyName, literal, mentioned } from "./names";

/** The code that a mutant changes */
export function located(file: ts.SourceFile, mutant: Mutant): ts.Node {
  const scope = declarationAt(file, mutant.in);
  switch (operatorOf(mutant)) {
    case "returns":
      return bodyOf(scope);
    case "drop":
      return theOne(
        mutant,
        all(scope, (node) => isEntry(node) && heads(node).includes(mutant.drop as string)),
      );
    case "call":
      return theOne(
        mutant,
        all(scope, (node) => isCallOf(node, mutant.call as string)),
      );
    case "value":
      return valueOf(theOne(mutant, valued(scope, mutant.value as string)));
    case "swap":
      return theOne(
        mutant,
        all(scope, (node) => isToken(node, mutant.swap as string)),
      );
    case "condition":
      return theOne(mutant, innermost(scope, mutant.condition as Names, isCondition));
    case "expression":
      return theOne(mutant, innermost(scope, mutant.expression as Names, isExpression));
  }
}

function theOne(mutant: Mutant, found: readonly ts.Node[]): ts.Node {
  const operator = operatorOf(mutant);
  const names = [mutant[operator]].flat().join(", ");
  const one = found[(mutant.nth ?? 1) - 1];
  if (one === undefined) throw new Error(`has no ${operator} "${names}" in "${mutant.in}"`);
  if (found.length > 1 && mutant.nth === undefined)
    throw new Error(
      `has ${found.length} of ${operator} "${names}" in "${mutant.in}": name more of it, or say which by "nth"`,
    );
  return one;
}

function all(scope: ts.Node, isMeant: (node: ts.Node) => boolean): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isMeant(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(scope);
  return found;
}

/** The smallest of a kind that have all the names */
function innermost(scope: ts.Node, names: Names, isKind: (node: ts.Node) => boolean): readonly ts.Node[] {
  const wanted = [names].flat();
  const having = all(scope, (node) => isKind(node)).filter((node) => {
    const has = mentioned(node);
    return wanted.every((name) => has.has(name));
  });
  return having.filter((node) => !having.some((other) => other !== node && isWithin(other, node)));
}

function isWithin(node: ts.Node, outer: ts.Node): boolean {
  for (let one = node.parent; one !== undefined; one = one.parent) if (one === outer) return true;
  return false;
}

/** Entries of lists, members of objects, arguments of calls, statements of blocks */
function isEntry(node: ts.Node): boolean {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isArrayLiteralExpression(parent) || ts.isObjectLiteralExpression(parent)) return true;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent))
    return (parent.arguments ?? []).some((argument) => argument === node);
  return ts.isExpressionStatement(node);
}

function isCallOf(node: ts.Node, name: string): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  const { expression } = node;
  if (dotted(expression) === name) return true;
  return ts.isPropertyAccessExpression(expression) && expression.name.text === name;
}

/** `{ name }` has its value elsewhere, which is meant where it is there. */
function valued(scope: ts.Node, name: string): readonly ts.Node[] {
  const found = all(scope, (node) => isValued(node, name));
  const written = found.filter((node) => !ts.isShorthandPropertyAssignment(node));
  return written.length === 0 ? found : written;
}

type Valued = ts.PropertyAssignment | ts.ShorthandPropertyAssignment | ts.VariableDeclaration | ts.PropertyDeclaration;

function isValued(node: ts.Node, name: string): node is Valued {
  const isKind =
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node);
  return isKind && keyName(node.name) === name;
}

function valueOf(node: ts.Node): ts.Node {
  if (ts.isShorthandPropertyAssignment(node)) return node.name;
  const { initializer } = node as ts.PropertyAssignment;
  if (initializer === undefined) throw new Error("has a declaration without a value");
  return initializer;
}

function isToken(node: ts.Node, name: string): boolean {
  if (ts.isIdentifier(node)) return node.text === name;
  if (ts.isPropertyAccessExpression(node)) return name.includes(".") && dotted(node) === name;
  if (ts.isComputedPropertyName(node)) return keyName(node) === name;
  return literal(node) === name;
}

const TRUTH = new Set([ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken]);

/** What is asked whether it is true: of an `if`, a loop, `?:`, on both sides of `&&` and `||`, below `!` */
function isCondition(node: ts.Node): boolean {
  if (!ts.isExpression(node) || ts.isParenthesizedExpression(node)) return false;
  let { parent } = node;
  let child: ts.Node = node;
  while (ts.isParenthesizedExpression(parent)) [child, parent] = [parent, parent.parent];
  if (ts.isBinaryExpression(parent)) return TRUTH.has(parent.operatorToken.kind) && parent.operatorToken !== node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === child;
  if (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) return parent.condition === child;
  if (ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.ExclamationToken;
  return false;
}

/** What is called is none: without it, the call would be another. */
function isExpression(node: ts.Node): boolean {
  if (ts.isCallExpression(node.parent) && node.parent.expression === node) return false;
  return ts.isExpression(node) && dotted(node) === undefined && literal(node) === undefined;
}
