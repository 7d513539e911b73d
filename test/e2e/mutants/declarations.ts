import ts from "typescript";
import { keyName } from "./names";

/** Declarations that a dotted path goes by: `function`, `Class.method`, `CONSTANT.key` */
function nameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isFunctionDeclaration(node)) return node.body === undefined ? undefined : node.name?.text;
  if (ts.isClassDeclaration(node)) return node.name?.text;
  if (ts.isMethodDeclaration(node) && node.body === undefined) return undefined;
  if (
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node)
  )
    return keyName(node.name);
  return undefined;
}

/** Nearest below `node` that are called so: what is declared further inside is not looked at */
function declared(node: ts.Node, name: string): readonly ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (one: ts.Node): void => {
    if (nameOf(one) === name) found.push(one);
    else ts.forEachChild(one, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

/** The declaration at the end of a path. What a file or class declares itself comes before what is declared inside. */
export function declarationAt(file: ts.SourceFile, path: string): ts.Node {
  return path.split(".").reduce<ts.Node>((from, name) => {
    const all = declared(from, name);
    const own = all.filter((one) => holderOf(one) === from);
    const [only, ...more] = own.length === 1 ? own : all;
    if (only === undefined) throw new Error(`has no declaration "${name}" of "${path}"`);
    if (more.length > 0) throw new Error(`declares "${name}" of "${path}" ${all.length} times: say in what`);
    return only;
  }, file);
}

function holderOf(node: ts.Node): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent.parent : node.parent;
}

/** Body of the function that a declaration is, or holds: of a constant, member or call with one function in it */
export function bodyOf(declaration: ts.Node): ts.ConciseBody {
  if (ts.isFunctionLike(declaration) && "body" in declaration && declaration.body !== undefined)
    return declaration.body as ts.ConciseBody;
  const held =
    ts.isVariableDeclaration(declaration) ||
    ts.isPropertyDeclaration(declaration) ||
    ts.isPropertyAssignment(declaration)
      ? declaration.initializer
      : undefined;
  if (held !== undefined && (ts.isArrowFunction(held) || ts.isFunctionExpression(held))) return held.body;
  throw new Error("is no function that could return at once");
}
