import ts from "typescript";

/** Dotted name of an identifier or a chain of properties (`this.any.has`), without `?.`, `!`, types and `await` */
export function dotted(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) return node.text;
  if (node.kind === ts.SyntaxKind.ThisKeyword) return "this";
  if (ts.isPropertyAccessExpression(node)) {
    const before = dotted(node.expression);
    return before === undefined ? undefined : `${before}.${node.name.text}`;
  }
  return isWrapped(node) ? dotted(node.expression) : undefined;
}

type Wrapped =
  | ts.ParenthesizedExpression
  | ts.NonNullExpression
  | ts.AsExpression
  | ts.SatisfiesExpression
  | ts.AwaitExpression
  | ts.SpreadElement
  | ts.SpreadAssignment
  | ts.ExpressionStatement
  | ts.TypeAssertion;

function isWrapped(node: ts.Node): node is Wrapped {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isSpreadElement(node) ||
    ts.isSpreadAssignment(node) ||
    ts.isExpressionStatement(node)
  );
}

/** Value of a literal, as it is written between the quotes of a string */
export function literal(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)) return node.text;
  if (ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) return node.text;
  if (node.kind === ts.SyntaxKind.TrueKeyword) return "true";
  if (node.kind === ts.SyntaxKind.FalseKeyword) return "false";
  return ts.isRegularExpressionLiteral(node) ? node.text : undefined;
}

/** Name of a key of a member; for `[`${issuer}:sub`]` its text without the backticks */
export function keyName(name: ts.PropertyName | ts.BindingName | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  if (ts.isPrivateIdentifier(name)) return name.text;
  if (!ts.isComputedPropertyName(name)) return undefined;
  const { expression } = name;
  if (ts.isTemplateExpression(expression)) return expression.getText().slice(1, -1);
  return dotted(expression) ?? literal(expression);
}

/** What an entry of a list or a statement begins with: each name that it may be called by */
export function heads(node: ts.Node): readonly string[] {
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) || ts.isMethodDeclaration(node))
    return [keyName(node.name) ?? ""];
  const own = dotted(node) ?? literal(node);
  return own === undefined ? headsOfFirst(node) : [own];
}

function headsOfFirst(node: ts.Node): readonly string[] {
  if (isWrapped(node)) return heads(node.expression);
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const names = heads(node.expression);
    const [called = ""] = names;
    return [...names, ...(called.includes(".") ? [called.slice(0, called.lastIndexOf("."))] : [])];
  }
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return heads(node.expression);
  if (ts.isBinaryExpression(node)) return heads(node.left);
  if (ts.isConditionalExpression(node)) return heads(node.condition);
  if (ts.isPrefixUnaryExpression(node)) return heads(node.operand);
  if (ts.isTemplateExpression(node)) return [node.head.text];
  return [];
}

/** Every name and value that stands in the code */
export function mentioned(node: ts.Node): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (one: ts.Node): void => {
    const name = dotted(one) ?? literal(one);
    if (name !== undefined) names.add(name);
    ts.forEachChild(one, visit);
  };
  visit(node);
  return names;
}
