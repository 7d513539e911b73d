import type { IncomingMessage, ServerResponse } from "node:http";
import { ATTRIBUTES, OPERATIONS, TRACE_HEADER } from "../../../domain/telemetry-names";
import { type Log, told } from "../../log";
import { knownReason } from "../../telemetry/declared-values";
import type { Telemetry } from "../../telemetry/telemetry";
import { traceContextsOf } from "../../telemetry/trace-context";
import { type ReadMessage, ServedTasks } from "../a2a/served-tasks";
import type { Companion, Served } from "../companion";
import { linger, release } from "../early-answer";
import { Problem } from "../problem";
import { refuse } from "../refused";
import type { ToldProblems } from "../told-problems";
import { passageSpan } from "../passage-span";
import { hasBody, valuesOf } from "../tools/headers";
import { passAnswer } from "./answer";
import { type Asked, askedBy } from "./asked";
import { headersToAgent } from "./headers";
import type { InboundConfig } from "./inbound-config";
import { referenceOf, sessionName } from "./reference";
import { firstPart, passParts, type RequestParts } from "./request-parts";
import { Room } from "./room";
import { sentAsItIs, ServedPushes } from "./served-pushes";
import { toAgent } from "./to-agent";
import { incomingTrace, newTrace, type Trace } from "./trace";

export interface InboundLimits {
  /** Requests under way at once */
  readonly requests: number;
  /** Of them, of one session */
  readonly requestsOfSession: number;
  /** For a request with its answer */
  readonly streamMilliseconds: number;
  /** For which an answer that is open may be silent until it is asked again whether it may go on */
  readonly silentMilliseconds: number;
  /** After which a connection is not used for another request */
  readonly connectionMilliseconds: number;
}

export const INBOUND_LIMITS: InboundLimits = {
  requests: 256,
  requestsOfSession: 64,
  streamMilliseconds: 300_000,
  silentMilliseconds: 5_000,
  connectionMilliseconds: 300_000,
};

/** Made once: the stack of an error takes longer than most of what is done for a request. */
const GONE = new Error("the request is over");

export interface InboundForwarderProps {
  readonly inbound: InboundConfig;
  readonly companion: Companion;
  /** http address of the companion, at which the agent asks */
  readonly own: () => string;
  readonly limits: InboundLimits;
  /** Told of what is refused */
  readonly problems: Pick<ToldProblems, "tell">;
  readonly telemetry: Telemetry;
  readonly log: Log;
}

/** A request of the gateway, and what ends it from outside */
interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly ending: AbortController;
  /** Id of the run that it belongs to, once that is known */
  run?: string;
}

/** What was read of a request before its run was asked for */
interface Early {
  readonly first?: Buffer | undefined;
  readonly message?: ReadMessage | undefined;
}

/** Hands requests to the agent's own code, each with the handle of a run that the exchange has begun for it. */
export class InboundForwarder {
  private readonly room: Room;
  private readonly tasks = new ServedTasks();
  private readonly pushes: ServedPushes;

  constructor(private readonly props: InboundForwarderProps) {
    this.pushes = new ServedPushes(props.own, this.tasks.held);
    this.room = new Room(props.limits.requests, props.limits.requestsOfSession);
  }

  /** Always answers. The caller's trace is linked, and the gateway's is continued. */
  public serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { telemetry } = this.props;
    if (!telemetry.isOn) return this.served(incoming, outgoing);
    const [trace, ...others] = valuesOf(incoming.rawHeaders, TRACE_HEADER);
    const from = others.length === 0 ? traceContextsOf(trace) : [];
    const span = passageSpan(telemetry, { incoming, outgoing, kind: "server", name: OPERATIONS.handOn, from });
    return telemetry.within(span, () => this.served(incoming, outgoing));
  }

  private async served(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const ending = new AbortController();
    const { streamMilliseconds: limit } = this.props.limits;
    const late = setTimeout(
      () => ending.abort(Problem.of("companion.no-agent", `no answer is open for more than ${limit} ms`)),
      limit,
    );
    outgoing.once("close", () => {
      clearTimeout(late);
      ending.abort(GONE);
    });
    const passage: Passage = { incoming, outgoing, ending };
    try {
      outgoing.once("close", this.room.enter());
      await this.pass(passage);
    } catch (error) {
      const { reason } = ending.signal as { reason: unknown };
      this.failed(reason instanceof Problem ? reason : error, passage);
    }
  }

  private async pass(passage: Passage): Promise<void> {
    const { incoming, outgoing, ending } = passage;
    const asked = askedBy(incoming, this.props.inbound.ways);
    // What another agent sends tells what it knows by then: the run is asked for behind what has come, and again before what comes later.
    const early = asked.start === "delegation" ? await this.early(passage, asked) : {};
    const since = performance.now();
    const served = await this.props.companion.serve(asked);
    // The client has disconnected.
    if (outgoing.destroyed) return served.leave();
    passage.run = served.run.run;
    this.props.telemetry.current().set({ [ATTRIBUTES.task]: asked.task, [ATTRIBUTES.operation]: OPERATIONS.handOn });
    outgoing.once("close", served.leave);
    outgoing.once("close", this.room.seat(served.run.sid));
    outgoing.once(
      "close",
      this.props.companion.open.cutWhenStopped(served.run, (because) => ending.abort(because), since),
    );
    const over = (): void => ending.abort(Problem.of("companion.no-run", "the run was over before its answer"));
    outgoing.once("close", served.run.whileLiving(over));
    try {
      await this.answer(passage, asked, served, early);
    } catch (error) {
      outgoing.once("close", () => this.props.companion.refused(served.run, error));
      throw error;
    }
  }

  /** A message of A2A is read as a whole, and no part of it comes later. */
  private async early(passage: Passage, asked: Asked): Promise<Early> {
    const { incoming } = passage;
    if (asked.a2a !== undefined) return { message: await this.message(passage, asked) };
    return hasBody(incoming.rawHeaders) ? { first: await firstPart(incoming) } : {};
  }

  /** Of A2A; undefined of HTTP, which is not read here */
  private async message({ incoming, outgoing }: Passage, { a2a }: Asked): Promise<ReadMessage | undefined> {
    if (a2a === undefined) return undefined;
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    return this.tasks.read(incoming, outgoing, a2a);
  }

  private async answer(passage: Passage, asked: Asked, served: Served, { first, ...early }: Early): Promise<void> {
    const { incoming, outgoing, ending } = passage;
    const { companion, inbound, limits } = this.props;
    const { method = "", url: target = "" } = incoming;
    const { run, handle } = served;
    const trace = newTrace();
    const message = early.message ?? (await this.message(passage, asked));
    if (message !== undefined) this.tasks.check(run, message);
    else if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    this.tell(asked, served, trace, incoming);
    const mayGoOut = async (): Promise<void> => {
      await companion.mayAnswer(run, asked.way);
      // What was over meanwhile is over, though the exchange did not know it yet.
      ending.signal.throwIfAborted();
    };
    const { raw, body } =
      message === undefined ? sentAsItIs(incoming) : this.pushes.sent(incoming, message, asked, handle);
    const { request, response } = await toAgent({
      port: asked.port,
      method,
      target,
      headers: headersToAgent({
        method,
        raw,
        host: asked.host,
        handle,
        session: sessionName(run.sid),
        traceparent: trace.traceparent,
      }),
      body,
      send: first && ((request) => this.send(passage, asked, served, { request, first })),
      signal: ending.signal,
      mayGoOut,
    });
    linger(incoming, outgoing);
    const answer = { response, outgoing, reference: referenceOf(run.run, inbound.address), mayGoOut };
    if (message?.push?.isTold === true) await this.pushes.answer(answer, asked);
    else {
      const told = message && this.tasks.follow(run, response, outgoing);
      await passAnswer({ ...answer, told, silentMilliseconds: limits.silentMilliseconds });
    }
    release(incoming, request);
  }

  /** Where a part may not reach the agent, all of the request ends. */
  private send(
    { incoming, ending }: Passage,
    { way }: Asked,
    { run }: Served,
    to: Pick<RequestParts, "first" | "request">,
  ): void {
    const { companion, limits } = this.props;
    const mayArrive = async (): Promise<void> => {
      await companion.mayArrive(run, way);
      ending.signal.throwIfAborted();
    };
    passParts({ ...to, incoming, mayArrive, silentMilliseconds: limits.streamMilliseconds }).catch((error: unknown) => {
      // Where either side broke off, that is seen elsewhere.
      if (error instanceof Problem) ending.abort(error);
    });
  }

  /** The caller's trace is recorded only here: the agent gets a new one without reference to it. */
  private tell({ way, task }: Asked, { run }: Served, trace: Trace, { rawHeaders }: IncomingMessage): void {
    const incoming = incomingTrace(rawHeaders);
    const traces = { trace: trace.id, ...(incoming === undefined ? {} : { incomingTrace: incoming }) };
    this.props.log("request.served", { run: run.run, txn: run.txn, task, way, ...traces });
  }

  private failed(error: unknown, { incoming, outgoing, run }: Passage): void {
    if (outgoing.destroyed) return;
    const problem = error instanceof Problem ? error : Problem.of("companion.no-agent");
    const because = error instanceof Problem ? String(problem.body.error_description) : told(error);
    const cause = problem.cause === undefined ? {} : { cause: told(problem.cause) };
    this.props.log("request.refused", { status: problem.status, codes: problem.codes, because, ...cause });
    this.props.telemetry.current().set({ [ATTRIBUTES.reason]: knownReason(problem.codes[0]) });
    this.props.problems.tell(problem, "gateway", run);
    if (outgoing.headersSent) return void outgoing.destroy();
    linger(incoming, outgoing);
    // The agent takes no more of it, and the client gets to the answer.
    incoming.unpipe();
    // A client that was never told to go on may send its body, or the next request.
    refuse(problem, outgoing, incoming.headers.expect === undefined ? {} : { connection: "close" });
    incoming.resume();
  }
}
