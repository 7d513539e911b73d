import { allow, PreparedAccess, type Statement, valuesOf } from "../../iam";
import type { AccessPath, AccessRequest, Layer } from "../../iam/access/access";
import { difference } from "../../iam/access/difference";
import type { Shapes } from "../difference/aws/alike/shapes";
import type { AwsPrincipal } from "../reach/aws/aws-principal";

/** Ways into AWS, and their owner */
export interface OwnedPaths {
  readonly name: string;
  readonly paths: readonly AccessPath[];
  readonly denies: AwsPrincipal["denies"];
}

interface Example {
  readonly request: AccessRequest;
  /** Name of the agent that owns them */
  readonly name: string;
}

const QUESTION = "what is asked";

/**
 * Whether agents may make a request of a question. Agents with policies of one shape are evaluated once. An example for one
 * agent most often fits the next one after renaming: it is tried first, and decides only if it is an allowed request of
 * the question.
 */
export class Examples {
  private readonly refused = new Map<string, readonly string[]>();
  private readonly known = new Map<string, Example>();
  /** A memo on frozen values */
  private readonly prepared = new WeakMap<AccessPath, PreparedAccess>();

  public constructor(private readonly shapes: Shapes) {}

  /** Actions of a declared statement without an allowed request: each must be granted. */
  public refusedOf(asked: OwnedPaths, declared: Statement): readonly string[] {
    const shape = this.shapeOf(asked, declared);
    const known = shape === undefined ? undefined : this.refused.get(shape);
    if (known !== undefined) return known;
    const { Action: actions = [], Resource: resources = [], Condition: condition } = declared;
    const refused = valuesOf(actions).filter((one) => !this.isAllowed(asked, allow(one, resources, condition)));
    if (shape !== undefined) this.refused.set(shape, refused);
    return refused;
  }

  private shapeOf({ name, paths, denies }: OwnedPaths, question: Statement): string | undefined {
    const parts = [
      this.shapes.ofStatement(question, name),
      this.shapes.of(denies, name),
      ...paths.map((path) => this.shapes.ofPath(path, name)),
    ];
    return parts.includes(undefined) ? undefined : parts.join();
  }

  /** @returns true also if it takes too many steps to decide */
  public isAllowed(asked: OwnedPaths, question: Statement): boolean {
    const kind = kindOf(question, asked.name);
    const known = this.known.get(kind);
    if (known !== undefined && this.isShown(asked, question, adapted(known, asked.name, question))) return true;
    for (const path of asked.paths) {
      const { gained, undecided } = difference(
        { paths: [] },
        { paths: [questioned(path, question)], denies: asked.denies },
      );
      const [first] = gained;
      if (first !== undefined) this.known.set(kind, { request: first.witness, name: asked.name });
      if (gained.length + undecided.length > 0) return true;
    }
    return false;
  }

  private isShown({ paths, denies }: OwnedPaths, question: Statement, request: AccessRequest): boolean {
    const asks = new PreparedAccess({ paths: [{ name: QUESTION, layers: [layerOf(question)] }] });
    if (asks.decide(request).verdict !== "allowed") return false;
    return paths.some((path) => this.preparedOf(path, denies).decide(request).verdict === "allowed");
  }

  private preparedOf(path: AccessPath, denies: OwnedPaths["denies"]): PreparedAccess {
    const known = this.prepared.get(path) ?? new PreparedAccess({ paths: [path], denies });
    this.prepared.set(path, known);
    return known;
  }
}

/** The question comes first, so that one request of it decides. */
function questioned({ name, layers }: AccessPath, question: Statement): AccessPath {
  return { name, layers: layers.length === 0 ? [] : [layerOf(question), ...layers] };
}

function layerOf(question: Statement): Layer {
  return { name: QUESTION, statements: [{ statement: question, source: QUESTION }] };
}

/** Equal for questions that differ only in action or agent. JSON on one line contains no line break. */
function kindOf({ Resource, Condition }: Statement, name: string): string {
  return JSON.stringify([Resource, Condition]).replaceAll(name, "\n");
}

function adapted({ request, name }: Example, other: string, { Action: action }: Statement): AccessRequest {
  const renamed = (text: string): string => text.replaceAll(name, () => other);
  const { resource, principal, keys } = request;
  return {
    action: typeof action === "string" ? action : request.action,
    resource: renamed(resource),
    ...(principal !== undefined && { principal: renamed(principal) }),
    keys: Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, values.map(renamed)])),
  };
}
