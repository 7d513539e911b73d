import { PreparedAccess, type Statement } from "../../iam";
import type { AccessPath, AccessRequest, Layer } from "../../iam/access/access";
import { difference } from "../../iam/access/difference";
import type { AwsPrincipal } from "../reach/aws/principals";

/** Ways into AWS, and whose they are */
export interface Asked {
  readonly name: string;
  readonly paths: readonly AccessPath[];
  readonly denies: AwsPrincipal["denies"];
}

interface Example {
  readonly request: AccessRequest;
  /** Of the agent whose it is */
  readonly name: string;
}

const QUESTION = "what is asked";

/**
 * Whether agents may make a request of a question. What shows it of one agent shows it of the next, most often, with the
 * next one's name in it: that is tried first, and decides only where it is a request of the question and allowed.
 */
export class Examples {
  private readonly known = new Map<string, Example>();
  private readonly prepared = new WeakMap<AccessPath, PreparedAccess>();

  /** @returns true as well where it takes too many steps to decide */
  public isAllowed(asked: Asked, question: Statement): boolean {
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

  private isShown({ paths, denies }: Asked, question: Statement, request: AccessRequest): boolean {
    const asks = new PreparedAccess({ paths: [{ name: QUESTION, layers: [layerOf(question)] }] });
    if (asks.decide(request).verdict !== "allowed") return false;
    return paths.some((path) => this.preparedOf(path, denies).decide(request).verdict === "allowed");
  }

  private preparedOf(path: AccessPath, denies: Asked["denies"]): PreparedAccess {
    const known = this.prepared.get(path) ?? new PreparedAccess({ paths: [path], denies });
    this.prepared.set(path, known);
    return known;
  }
}

/** The question stands first, so that one request of it decides. */
function questioned({ name, layers }: AccessPath, question: Statement): AccessPath {
  return { name, layers: layers.length === 0 ? [] : [layerOf(question), ...layers] };
}

function layerOf(question: Statement): Layer {
  return { name: QUESTION, statements: [{ statement: question, source: QUESTION }] };
}

/** Equal for questions that differ in their action, or in whose they are. A line break is no part of JSON on one line. */
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
