import ts from "typescript";
import type { Mutant } from "./mutant";

/**
 * Names in the code of a mutant that its file does not know: a mutant with one would throw when it is run, which tests notice
 * for any rule.
 */
export function unknownNames(file: ts.SourceFile, { is, returns, swap }: Mutant): readonly string[] {
  const text = swap === undefined ? (is ?? returns) : undefined;
  if (text === undefined) return [];
  const code = ts.createSourceFile("", `(${text})`, ts.ScriptTarget.ES2022, true);
  const used = references(code);
  if (used.length === 0) return [];
  const known = namesIn(file);
  for (const name of [...declaredIn(code), "undefined"]) known.add(name);
  return used.filter((name) => !known.has(name) && !name.startsWith("$") && !(name in globalThis));
}

function references(code: ts.Node): readonly string[] {
  return each(code, (node) => {
    const { parent } = node;
    if (!ts.isIdentifier(node)) return undefined;
    if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined;
    return ts.isPropertyAssignment(parent) && parent.name === node ? undefined : node.text;
  });
}

function declaredIn(code: ts.Node): readonly string[] {
  return each(code, (node) =>
    (ts.isParameter(node) || ts.isBindingElement(node)) && ts.isIdentifier(node.name) ? node.name.text : undefined,
  );
}

function namesIn(file: ts.SourceFile): Set<string> {
  return new Set(each(file, (node) => (ts.isIdentifier(node) ? node.text : undefined)));
}

function each(root: ts.Node, of: (node: ts.Node) => string | undefined): readonly string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const one = of(node);
    if (one !== undefined) found.push(one);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}
