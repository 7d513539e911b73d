import ts from "typescript";
import { located } from "./locate";
import type { Mutant } from "./mutant";
import { operatorOf } from "./mutant";

/** Code from `start` to `end`, and what it is in the mutant */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly mutated: string;
  /** A statement is left out, an expression is chosen; `first` is a statement put before all others */
  readonly kind: "expression" | "statement" | "first";
}

/** What a mutant changes in its file. Throws where it does not find its rule. */
export function changeOf(file: ts.SourceFile, mutant: Mutant): Change {
  const node = located(file, mutant);
  switch (operatorOf(mutant)) {
    case "returns":
      return returning(node as ts.ConciseBody, mutant.returns as string);
    case "drop":
      return ts.isExpressionStatement(node) ? { ...span(node), mutated: "", kind: "statement" } : without(node);
    case "swap":
      return replaced(node, swapped(node, mutant.is as string));
    default:
      return replaced(node, filled(mutant.is as string, node));
  }
}

const span = (node: ts.Node): { start: number; end: number } => ({ start: node.getStart(), end: node.getEnd() });

function returning(body: ts.ConciseBody, value: string): Change {
  if (!ts.isBlock(body)) return { ...span(body), mutated: value, kind: "expression" };
  const start = body.getStart() + 1;
  return { start, end: start, mutated: `return ${value};`, kind: "first" };
}

/** The list, object or call around an entry, without it */
function without(entry: ts.Node): Change {
  const list = entry.parent as ts.ArrayLiteralExpression | ts.ObjectLiteralExpression | ts.CallExpression;
  const entries = ts.isCallExpression(list) || ts.isNewExpression(list) ? (list.arguments ?? []) : listed(list);
  const left = entries.filter((one) => one !== entry).map((one) => one.getText());
  const first = entries[0] as ts.Node;
  const last = entries[entries.length - 1] as ts.Node;
  const text = splice(list, { start: first.getStart(), end: last.getEnd() }, left.join(", "));
  return replaced(list, text);
}

function listed(list: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression): readonly ts.Node[] {
  return ts.isArrayLiteralExpression(list) ? list.elements : list.properties;
}

function splice(node: ts.Node, { start, end }: { start: number; end: number }, text: string): string {
  const from = node.getStart();
  const whole = node.getText();
  return whole.slice(0, start - from) + text + whole.slice(end - from);
}

/** The text of an expression that can be chosen as a whole: the name of a method is chosen with its call. */
function replaced(node: ts.Node, text: string): Change {
  if (ts.isShorthandPropertyAssignment(node.parent)) return replaced(node.parent, `${node.getText()}: ${text}`);
  const { parent } = node;
  if (canBeChosen(node)) return { ...span(node), mutated: text, kind: "expression" };
  return replaced(parent, splice(parent, span(node), text));
}

function canBeChosen(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isExpression(node) || ts.isSpreadElement(node)) return false;
  if (ts.isOptionalChain(parent) && parent.expression === node) return false;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node) return false;
  if (ts.isComputedPropertyName(parent)) return false;
  // Names of declarations and members are no expressions, however much they look like it.
  const named = parent as ts.Node & { readonly name?: ts.Node; readonly propertyName?: ts.Node };
  return named.name !== node && named.propertyName !== node;
}

function swapped(node: ts.Node, text: string): string {
  if (ts.isStringLiteralLike(node)) return JSON.stringify(text);
  if (ts.isComputedPropertyName(node)) return ts.isTemplateExpression(node.expression) ? `[\`${text}\`]` : `[${text}]`;
  if (ts.isTemplateHead(node)) return `\`${text}\${`;
  if (ts.isTemplateMiddle(node)) return `}${text}\${`;
  if (ts.isTemplateTail(node)) return `}${text}\``;
  return text;
}

/** `is` with the parts of what was there */
function filled(is: string, node: ts.Node): string {
  return is.replace(/(?<!\\)\$(this|left|right|then|else|\d)?(?![{\w/])/g, (_, part: string | undefined) => {
    const meant = part === undefined ? node : partOf(node, part);
    if (meant === undefined) throw new Error(`has no part "$${part}" in ${node.getText()}`);
    return `(${meant.getText()})`;
  });
}

function partOf(node: ts.Node, part: string): ts.Node | undefined {
  if (ts.isBinaryExpression(node)) return { left: node.left, right: node.right }[part];
  if (ts.isConditionalExpression(node)) return { then: node.whenTrue, else: node.whenFalse }[part];
  if (ts.isArrayLiteralExpression(node)) return node.elements[Number(part)];
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
  if (part !== "this") return node.arguments?.[Number(part)];
  return ts.isPropertyAccessExpression(node.expression) ? node.expression.expression : undefined;
}
