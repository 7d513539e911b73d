import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { ATTRIBUTES } from "../../../domain/telemetry-names";
import { type Log, told } from "../../log";
import { knownReason } from "../../telemetry/declared-values";
import type { Facts, Telemetry } from "../../telemetry/telemetry";
import { boundedAnswer } from "../../bounded-answer";
import { type HandedOn, HandedTasks, isOfA2a } from "../a2a/handed-tasks";
import type { Allowed, Companion } from "../companion";
import { linger, release } from "../early-answer";
import { Problem } from "../problem";
import { refuse } from "../refused";
import { malformed } from "../requests";
import { passageSpan } from "../passage-span";
import { shownHandles } from "../shown-handles";
import type { ToldProblems } from "../told-problems";
import { type ToolAddress, toolAddress } from "./address";
import { attempt, type Begun, Lost } from "./attempt";
import { type ConnectionLimits, type GatewayAddress, GatewayConnections, NotReached } from "./connections";
import { answeredHeaders, hasBody, isChunked, sentHeaders, valuesOf } from "./headers";

export interface ToolLimits extends ConnectionLimits {
  /** For a request with its answer */
  readonly streamMilliseconds: number;
}

export const TOOL_LIMITS: ToolLimits = {
  kept: 64,
  connectMilliseconds: 10_000,
  idleMilliseconds: 30_000,
  ageMilliseconds: 240_000,
  streamMilliseconds: 300_000,
};
const MOST_HEADER_BYTES = 65_536;
/** Of the gateway's refusals, as far as they are read here */
const MOST_REFUSAL_BYTES = 16_384;
/** Clients of HTTP/1.1 that would also speak HTTP/2, and do as well without */
const UPGRADES_TO_PASS_OVER = /^h2c$/i;
/** On what the gateway refuses by itself (runtime/authorizer/envoy/check-response.ts) */
const DECISION_HEADER = "x-ambit-decision";
/** May be sent again where a kept connection was dead */
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Made once: the stack of an error takes longer than most of what is done for a request. */
const OVER = new Error("the request is over");

export interface ToolForwarderProps {
  /** Undefined if there is none */
  readonly gateway: GatewayAddress | undefined;
  readonly companion: Companion;
  readonly limits: ToolLimits;
  /** Told of what is refused */
  readonly problems: Pick<ToldProblems, "tell">;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** A request of the agent, and what ends it from outside */
interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly address: ToolAddress;
  readonly ending: AbortController;
  /** Id of the run that it belongs to, once that is known */
  run?: string;
}

/** The identity a request is sent with; without a token it starts and calls nothing. */
type Shown = Pick<Allowed, "svid"> & {
  readonly token: Allowed["token"] | undefined;
  /** For A2A: which run of the delegate it continues */
  readonly handedOn?: (HandedOn & { readonly joins: string | undefined }) | undefined;
};

/** Sends requests for tools on to the gateway as they come, with a token of the run in place of what the agent showed. */
export class ToolForwarder {
  private readonly connections: GatewayConnections | undefined;
  private readonly tasks = new HandedTasks();

  constructor(private readonly props: ToolForwarderProps) {
    const { gateway, limits } = props;
    this.connections = gateway === undefined ? undefined : new GatewayConnections(gateway, limits);
  }

  /** Always answers. */
  public serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { telemetry } = this.props;
    if (!telemetry.isOn) return this.served(incoming, outgoing);
    const span = passageSpan(telemetry, { incoming, outgoing, kind: "client", name: "call", from: [] });
    return telemetry.within(span, () => this.served(incoming, outgoing));
  }

  private async served(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const ending = new AbortController();
    const late = setTimeout(() => ending.abort(OVER), this.props.limits.streamMilliseconds);
    outgoing.once("close", () => {
      clearTimeout(late);
      ending.abort(OVER);
    });
    let passage: Passage | undefined;
    try {
      passage = { incoming, outgoing, address: addressOf(incoming), ending };
      await this.pass(passage);
    } catch (error) {
      const { reason } = ending.signal as { reason: unknown };
      this.failed(reason instanceof Problem ? reason : error, incoming, outgoing, passage?.run);
    }
  }

  public close(): void {
    this.connections?.close();
  }

  private async pass(passage: Passage): Promise<void> {
    const { connections } = this;
    if (connections === undefined) throw Problem.of("companion.no-tools");
    const { incoming, outgoing, address, ending } = passage;
    if (address.delegate?.isCard === true) {
      const shown = { svid: this.props.companion.svid(), token: undefined };
      return answer(passage, await this.sent(connections, passage, shown));
    }
    const allowed = await this.props.companion.tool(address, handlesOf(incoming));
    // The client has disconnected.
    if (outgoing.destroyed) return;
    passage.run = allowed.run.run;
    this.props.telemetry.current().set(factsOf(address, allowed));
    const over = (): void => void (ending.signal.aborted || outgoing.destroy());
    const cut = (because: Problem): void => {
      ending.abort(because);
      if (!outgoing.headersSent) return;
      // The answer has begun, so closing the connection is the only signal left; the log has the cause.
      this.props.problems.tell(because, "tools", allowed.run.run);
      outgoing.destroy();
    };
    const ends = [allowed.run.whileLiving(over), this.props.companion.open.cutWhenStopped(allowed.run, cut)];
    // One listener: Node warns of a leak where an answer has more than ten.
    outgoing.once("close", () => ends.forEach((end) => end()));
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    const handedOn = await this.handedOn(passage, allowed);
    const begun = await this.sent(connections, passage, { ...allowed, handedOn });
    const { response } = begun;
    // A tool may answer 401 too, when it has done something: the gateway takes this header out of what tools answer.
    const isOfGateway = response.statusCode === 401 && response.headers[DECISION_HEADER] !== undefined;
    const refusal = isOfGateway ? await shortJson(response) : undefined;
    if (refusal === undefined) return this.followed(passage, allowed, begun);
    if (!isInvalidToken(refusal)) return answer(passage, begun, refusal);
    this.props.companion.discard(address, allowed);
    if (hasBody(incoming.rawHeaders)) return answer(passage, begun, refusal);
    const again = await this.props.companion.tokenOf(address, allowed.run);
    return this.followed(passage, allowed, await this.sent(connections, passage, { ...again, handedOn }));
  }

  /** A request of A2A belongs to the run of the task that it goes on with. */
  private async handedOn(passage: Passage, { run }: Allowed): Promise<Shown["handedOn"]> {
    const { delegate } = passage.address.wanted;
    if (!isHandedOn(passage) || delegate === undefined) return undefined;
    const handed = await this.tasks.read(passage.incoming, passage.outgoing);
    return { ...handed, joins: this.tasks.runOf(run, delegate, handed) };
  }

  private followed(passage: Passage, { run }: Allowed, begun: Begun): void {
    const { delegate } = passage.address.wanted;
    if (isHandedOn(passage) && delegate !== undefined) this.tasks.follow(run, delegate, begun.response);
    answer(passage, begun);
  }

  /** Sends once; a second time only if the first attempt certainly had no effect. */
  private async sent(connections: GatewayConnections, passage: Passage, shown: Shown): Promise<Begun> {
    const { incoming, address } = passage;
    const { signal } = passage.ending;
    const { method = "", rawHeaders: raw } = incoming;
    const { token, svid, handedOn } = shown;
    const headers = sentHeaders({
      method,
      raw,
      host: connections.host,
      accessToken: token?.answer.access_token,
      delegate: address.delegate,
      joins: handedOn?.joins,
      trace: this.props.telemetry.current().traceparent,
    });
    const options = { method, path: address.target, headers, signal, maxHeaderSize: MOST_HEADER_BYTES };
    const body = bodyOf(incoming, handedOn);
    try {
      return await attempt({ ...connections.as(svid), ...options }, body);
    } catch (error) {
      const again = error instanceof Lost && error.onKept && body === undefined && SAFE.has(method);
      if (!again || signal.aborted) throw error;
      return attempt({ ...connections.anew(svid), ...options }, body);
    }
  }

  private failed(error: unknown, incoming: IncomingMessage, outgoing: ServerResponse, run: string | undefined): void {
    if (outgoing.destroyed) return;
    const problem = problemOf(error);
    const because = error instanceof Problem ? problem.body.error_description : told(error);
    this.props.log("request.refused", { status: problem.status, codes: problem.codes, because: String(because) });
    this.props.telemetry.current().set({ [ATTRIBUTES.reason]: knownReason(problem.codes[0]) });
    this.props.problems.tell(problem, "tools", run);
    if (outgoing.headersSent) return void outgoing.destroy();
    linger(incoming, outgoing);
    refuse(problem, outgoing, {
      // SDKs of models send a request again after any 5xx but one with this.
      ...(error instanceof Lost ? { "x-should-retry": "false" } : {}),
      // A client that was never told to go on may send its body, or the next request.
      ...(incoming.headers.expect === undefined ? {} : { connection: "close" }),
    });
    // What is still sent is read, so that the client gets to the answer.
    incoming.resume();
  }
}

function bodyOf(incoming: IncomingMessage, handedOn: Shown["handedOn"]): Readable | undefined {
  return hasBody(incoming.rawHeaders) ? (handedOn?.body ?? incoming) : undefined;
}

/** What the exchange has given a token for is declared. */
function factsOf({ wanted: { audience }, delegate }: ToolAddress, { run: { task } }: Allowed): Facts {
  const tool = delegate === undefined ? audience.slice(audience.indexOf(":") + 1) : undefined;
  return { [ATTRIBUTES.task]: task, ...(tool !== undefined && { [ATTRIBUTES.tool]: tool }) };
}

function isHandedOn({ address, incoming: { rawHeaders } }: Passage): boolean {
  return address.delegate !== undefined && isOfA2a(rawHeaders);
}

function handlesOf({ rawHeaders: raw }: IncomingMessage): readonly string[] {
  const all = (name: string): string | undefined => {
    const values = valuesOf(raw, name);
    return values.length === 0 ? undefined : values.join(",");
  };
  return shownHandles({ run: all("ambit-run"), baggage: all("baggage") });
}

function addressOf({ url = "", rawHeaders }: IncomingMessage): ToolAddress {
  const address = toolAddress(url);
  if (address === undefined)
    throw malformed("the address must name task or run, and tool or delegate, as they are declared");
  const codings = valuesOf(rawHeaders, "transfer-encoding");
  if (isChunked(rawHeaders) && codings.join().toLowerCase() !== "chunked") {
    throw malformed(`the transfer encoding must be chunked, got ${JSON.stringify(codings.join())}`);
  }
  const upgrade = valuesOf(rawHeaders, "upgrade").find((protocol) => !UPGRADES_TO_PASS_OVER.test(protocol));
  if (upgrade !== undefined)
    throw malformed(`a connection stays HTTP/1.1, got an upgrade to ${JSON.stringify(upgrade)}`);
  return address;
}

/** The answer as it comes, each part at once */
function answer({ outgoing, incoming }: Passage, { request, response }: Begun, body?: Buffer): void {
  linger(incoming, outgoing);
  outgoing.sendDate = false;
  try {
    outgoing.writeHead(response.statusCode as number, response.statusMessage, answeredHeaders(response.rawHeaders));
  } catch (error) {
    request.destroy();
    throw new Lost(told(error), false, { cause: error });
  }
  if (body !== undefined) {
    release(incoming, request);
    return void outgoing.end(body);
  }
  // The head goes out before the first part comes; as bytes, or Node would write a header in UTF-8.
  outgoing.write(Buffer.alloc(0));
  pipeline(response, outgoing, () => release(incoming, request));
}

/** The body of a refusal in JSON; undefined for what is not read here */
async function shortJson(response: IncomingMessage): Promise<Buffer | undefined> {
  const { "content-type": type = "", "content-length": length, "content-encoding": coding } = response.headers;
  const short = length !== undefined && Number(length) <= MOST_REFUSAL_BYTES && coding === undefined;
  if (!short || !/^application\/json\b/i.test(type)) return undefined;
  try {
    return await boundedAnswer(response, MOST_REFUSAL_BYTES);
  } catch (error) {
    throw new Lost(told(error), false, { cause: error });
  }
}

function isInvalidToken(body: Buffer): boolean {
  try {
    return (JSON.parse(body.toString("utf8")) as { error?: unknown } | null)?.error === "invalid_token";
  } catch {
    return false;
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof NotReached) {
    return Problem.of("companion.no-gateway", `the gateway cannot be reached: ${told(error)}`);
  }
  return error instanceof Lost ? Problem.of("companion.unknown-outcome") : Problem.of("companion.error");
}
