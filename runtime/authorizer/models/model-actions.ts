import { createHash } from "node:crypto";
import { isRecord } from "../../../domain/is-record";
import type { ModelApi } from "../../../domain";
import { reasonOf } from "../../decision/decider";
import type { Value } from "../../json";
import type { FleetAction } from "../../registry/registry";
import { Denial } from "../denial";
import type { Arguments, RecognisedCall } from "../request/recognised-call";
import { ModelAnswer } from "./answers/model-answer";
import { apiAt, KNOWN_APIS, type KnownApi } from "./model-api";
import { MODEL_HEADERS } from "./model-headers";
import type { Problem } from "./requests/shape";

/** A request for a model, as it arrived */
export interface ModelRequest {
  readonly method: string;
  /** With the query, below the tool's url */
  readonly target: string;
  readonly body: Value | undefined;
  readonly bytes: Uint8Array;
}

type ModelMatch = Extract<FleetAction["match"], { readonly model: string }>;

/** What providers add to a prompt by themselves: marks between messages, and how to call tools (Anthropic: at most some 700) */
const ADDED_TOKENS = 1_024;
/** Of a text that may be bound to a claim, or told to an evaluator */
const LONGEST_ARGUMENT = 2_048;

/** The actions of a model, by the name of the model that a request carries */
export class ModelActions {
  private readonly matches: ReadonlyMap<string, { readonly action: string; readonly match: ModelMatch }>;

  constructor(actions: Readonly<Record<string, FleetAction>>) {
    this.matches = new Map(
      Object.entries(actions).flatMap(([action, { match }]) =>
        "model" in match ? [[match.model, { action, match }] as const] : [],
      ),
    );
  }

  /**
   * @param isGranted whether the caller may use an action at all: others are not mentioned in the answer
   * @throws Denial `call.unrecognised`, `token.out-of-scope`, `call.body`, `call.feature`, `call.output-limit`
   */
  public recognise(
    { method, target, body, bytes }: ModelRequest,
    isGranted: (action: string) => boolean,
  ): RecognisedCall {
    const api = apiAt(target);
    if (api === undefined || method !== "POST")
      throw unrecognised("a model is asked by POST at the path of its API, without a query");
    if (!isRecord(body)) throw Denial.of("call.body", "the body must be an object");
    const request = body as Arguments;
    const { action, match } = this.found(request.model as Value, api);
    if (!isGranted(action)) throw Denial.byPolicy([reasonOf("token.out-of-scope")]);
    const known = KNOWN_APIS[api];
    const problem = known.body(request, "", match.allows) ?? missing(known, match, request);
    if (problem !== undefined) throw refused(problem);
    const limit = outputLimit(known, match, request);
    return {
      action,
      arguments: argumentsOf(request, bytes),
      // No tokenizer makes more tokens of a text than it has bytes in UTF-8.
      tokens: bytes.length + ADDED_TOKENS + limit,
      passes: MODEL_HEADERS,
      answer: new ModelAnswer(api),
    };
  }

  private found(model: Value | undefined, api: ModelApi): { readonly action: string; readonly match: ModelMatch } {
    const found = typeof model === "string" ? this.matches.get(model) : undefined;
    if (found === undefined)
      throw unrecognised(`no action of the tool has the model ${JSON.stringify(model) ?? "nothing"}`);
    if (!found.match.apis.includes(api)) throw unrecognised(`the tool is not asked by ${api}`);
    return found;
  }
}

function unrecognised(what: string): Denial {
  return Denial.of("call.unrecognised", what);
}

function missing({ required }: KnownApi, { allows }: ModelMatch, request: Arguments): Problem | undefined {
  if (required === undefined || Object.hasOwn(request, required) || allows.includes("stored-responses"))
    return undefined;
  return {
    path: required,
    what: `is missing, and then counts as true: send "${required}": false`,
    feature: "stored-responses",
  };
}

function refused({ path, what, feature }: Problem): Denial {
  const told = path === "" ? `the body ${what}` : `${path} ${what}`;
  if (feature !== undefined) return Denial.of("call.feature", told);
  const fix = `leave it out, or write it as the API's reference does; what the gateway does not know could act at the provider`;
  return new Denial("invalid_request", [{ code: "call.body", what: told, fix }]);
}

/** @throws Denial `call.output-limit` */
function outputLimit({ limits, thinking }: KnownApi, { maxOutputTokens }: ModelMatch, request: Arguments): number {
  const asked = limits.flatMap((name) => (Object.hasOwn(request, name) && request[name] !== null ? [name] : []));
  if (asked.length === 0) {
    throw Denial.of("call.output-limit", `the request has no ${limits.join(" or ")}: send at most ${maxOutputTokens}`);
  }
  const sizes = asked.map((name) => [name, request[name]] as const);
  if (thinking !== undefined) {
    const [outer, inner] = thinking;
    const about = request[outer];
    const thought = isRecord(about) && Object.hasOwn(about, inner) ? (about as Arguments)[inner] : null;
    if (thought !== null) sizes.push([`${outer}.${inner}`, thought]);
  }
  const bounded = sizes.map(([name, size]) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 1 && size <= maxOutputTokens) return size;
    throw Denial.of(
      "call.output-limit",
      `${name} must be a whole number from 1 to ${maxOutputTokens}, got ${JSON.stringify(size)}`,
    );
  });
  return Math.max(...bounded);
}

/** What a claim may be bound to, and the digest of all that is asked: a prompt is too long for a person or an evaluator that decides on arguments. */
function argumentsOf(request: Arguments, bytes: Uint8Array): Arguments {
  const short = Object.entries(request).filter(
    ([, value]) => typeof value !== "object" && (typeof value !== "string" || value.length <= LONGEST_ARGUMENT),
  );
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { ...Object.fromEntries(short), body: `sha256:${digest}` };
}
