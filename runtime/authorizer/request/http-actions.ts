import { isRecord } from "../../../domain/is-record";
import type { Value } from "../../json";
import { folded } from "../../member-names";
import type { FleetAction } from "../../registry/registry";
import { reasonOf } from "../../decision/decider";
import { Denial } from "../denial";
import type { Arguments, RecognisedCall } from "./recognised-call";
import { type Schema, schemaOf } from "./schema";
import { decoded, type Target } from "./target";

export interface HttpRequest {
  readonly method: string;
  readonly target: Target;
  /** Undefined if there is no body */
  readonly body: Value | undefined;
}

interface HttpRoute {
  readonly action: string;
  readonly method: string;
  /** A text stands for itself, a parameter for one segment */
  readonly template: readonly (string | { readonly parameter: string })[];
  readonly query: Schema | undefined;
  readonly body: Schema | undefined;
  /** Where each argument has its place, if the action takes a query and a body */
  readonly places: Places | undefined;
  /** Whether its body may be no object, and is the argument `body` then */
  readonly takesOthers: boolean;
}

/** Names that the schemas of query and body know */
interface Places {
  readonly query: ReadonlySet<string>;
  readonly body: ReadonlySet<string>;
}

/** The actions of an HTTP tool, by what a request must look like */
export class HttpActions {
  private readonly routes: readonly HttpRoute[];

  /** @throws Error if a schema is invalid */
  constructor(actions: Readonly<Record<string, FleetAction>>) {
    this.routes = Object.entries(actions).flatMap(([name, { match }]) => {
      if (!("method" in match)) return [];
      const { method, path, query, body } = match;
      return {
        action: name,
        method,
        template: templateOf(path),
        query: query && schemaOf(query, "the query"),
        body: body && schemaOf(body, "the body"),
        places: query && body && { query: new Set(namesIn(query)), body: new Set(namesIn(body)) },
        takesOthers: body !== undefined && body["type"] !== "object",
      };
    });
  }

  /**
   * @param isGranted whether the caller may use an action at all: others are not mentioned in the answer
   * @throws Denial `call.unrecognised`, `call.target`, `token.out-of-scope`, `call.ambiguous`, `call.arguments`
   */
  public recognise(request: HttpRequest, isGranted: (action: string) => boolean): RecognisedCall {
    const nearest = this.nearest(request, EXACTLY);
    this.refuseOtherReading(request, nearest);
    if (nearest.length === 0) throw Denial.of("call.unrecognised", this.unrecognised(request, isGranted));
    if (!nearest.some(({ action }) => isGranted(action))) throw Denial.byPolicy([reasonOf("token.out-of-scope")]);
    const checked = nearest.map((route) => ({ route, problem: problemOf(route, request) }));
    const sound = checked.filter(({ problem }) => problem === undefined);
    if (sound.length > 1) throw Denial.of("call.ambiguous");
    const [found] = sound;
    if (found === undefined) {
      const told = checked.filter(({ route }) => isGranted(route.action));
      throw Denial.of("call.arguments", told.map(({ problem }) => problem).join(", or "));
    }
    return { action: found.route.action, arguments: argumentsOf(found.route, request) };
  }

  /** Synth has refused pairs of templates that match the same path without one being more specific. */
  private nearest(request: Pick<HttpRequest, "method" | "target">, reading: Reading): readonly HttpRoute[] {
    const matching = this.routes.filter((route) => matches(route, request, reading));
    return matching.filter((one) => !matching.some((other) => isMoreExact(other, one)));
  }

  /** A server that decodes before it routes, or that routes without regard to case, must find the same actions. */
  private refuseOtherReading(request: HttpRequest, nearest: readonly HttpRoute[]): void {
    const loosely = this.nearest(request, LOOSELY);
    const same = loosely.length === nearest.length && loosely.every((route) => nearest.includes(route));
    if (!same)
      throw Denial.of(
        "call.target",
        "the path is another action's for a server that decodes it, or that takes no regard to case",
      );
  }

  private unrecognised({ method, target }: HttpRequest, isGranted: (action: string) => boolean): string {
    const others = this.routes.filter((route) => matches(route, { method: route.method, target }, EXACTLY));
    const methods = others.filter(({ action }) => isGranted(action)).map((one) => one.method);
    if (methods.length === 0) return "no action of the tool has this method and path";
    return `no action of the tool has ${method} for this path, but ${[...new Set(methods)].sort().join(" and ")}`;
  }
}

/** How a segment, and a text of a template, are compared */
type Reading = (segment: string) => string;

const EXACTLY: Reading = (segment) => segment;

/** Decoded, and without regard to case. What cannot be decoded is no action's anyway. */
const LOOSELY: Reading = (segment) => {
  try {
    return folded(decodeURIComponent(segment));
  } catch {
    return segment;
  }
};

function templateOf(path: string): HttpRoute["template"] {
  return path
    .slice(1)
    .split("/")
    .map((segment) => (segment.startsWith("{") ? { parameter: segment.slice(1, -1) } : segment));
}

function matches(
  { method, template }: HttpRoute,
  request: Pick<HttpRequest, "method" | "target">,
  reading: Reading,
): boolean {
  const { segments } = request.target;
  if (method !== request.method || template.length !== segments.length) return false;
  return template.every((part, index) => {
    const segment = segments[index] as string;
    return typeof part === "string" ? reading(part) === reading(segment) : segment !== "";
  });
}

/** The one that has a text wherever the other one has, and one more */
function isMoreExact(one: HttpRoute, other: HttpRoute): boolean {
  const texts = (route: HttpRoute): readonly boolean[] => route.template.map((part) => typeof part === "string");
  const [first, second] = [texts(one), texts(other)];
  return (
    first.every((isText, index) => isText || second[index] === false) &&
    first.some((isText, index) => isText && second[index] === false)
  );
}

function problemOf({ query, body }: HttpRoute, request: HttpRequest): string | undefined {
  if (query === undefined && request.target.query.size > 0) return "the action takes no query";
  if (body === undefined && request.body !== undefined) return "the action takes no body";
  if (body !== undefined && request.body === undefined) return "the action takes a body";
  return (
    query?.problemOf(Object.fromEntries(request.target.query)) ??
    (request.body === undefined ? undefined : body?.problemOf(request.body))
  );
}

/** Names of an object's own members, also where a schema is put together of others */
function namesIn(schema: unknown): readonly string[] {
  if (!isRecord(schema)) return [];
  const { properties, allOf, anyOf, oneOf, then, else: otherwise } = schema;
  const parts = [allOf, anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? (list as readonly unknown[]) : []));
  const own = isRecord(properties) ? Object.keys(properties) : [];
  return [...own, ...[...parts, then, otherwise].flatMap(namesIn)];
}

/**
 * An argument has no place in what people approve and claims are bound to, so each may stand in one alone.
 *
 * @throws Denial `call.arguments`
 */
function checkPlaces({ query, body }: Places, request: HttpRequest): void {
  const members = isRecord(request.body) ? Object.keys(request.body) : [];
  const odd =
    [...request.target.query.keys()].find((name) => !query.has(name)) ?? members.find((name) => !body.has(name));
  if (odd === undefined) return;
  throw Denial.of("call.arguments", `${JSON.stringify(odd)} is in none of the schemas, or in that of the other place`);
}

/** @throws Denial `call.arguments` where two of them have one name, or one could stand in two places */
function argumentsOf({ template, takesOthers, places }: HttpRoute, request: HttpRequest): Arguments {
  const { target, body } = request;
  if (places !== undefined) checkPlaces(places, request);
  if (takesOthers && isRecord(body) && Object.hasOwn(body, "body")) {
    throw Denial.of("call.arguments", 'a member "body" could be a whole body that is no object');
  }
  const path = template.flatMap((part, index) =>
    typeof part === "string"
      ? []
      : [[part.parameter, pathArgument(part.parameter, target.segments[index] as string)] as const],
  );
  const members = isRecord(body) ? Object.entries(body) : body === undefined ? [] : [["body", body] as const];
  const found = new Map<string, Value>();
  for (const [name, value] of [...path, ...target.query, ...members] as readonly (readonly [string, Value])[]) {
    if (found.has(name)) throw Denial.of("call.arguments", `${JSON.stringify(name)} is sent in two places`);
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function pathArgument(name: string, segment: string): string {
  return decoded(segment, `the path parameter ${JSON.stringify(name)}`);
}
