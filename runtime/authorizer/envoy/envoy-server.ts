import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
} from "@grpc/grpc-js";
import { randomUUID } from "node:crypto";
import { chmodSync, rmSync } from "node:fs";
import { type Log, told } from "../../log";
import type { RefusalTeller } from "../../refusal/refusal-teller";
import { MOST_WHOLE_BYTES } from "../answer/answer-reader";
import type { Authorizer } from "../call/authorizer";
import type { OpenCalls } from "../call/open-calls";
import type { Outcomes } from "../call/outcomes";
import type { Allowed } from "../call/spent-calls";
import { whoseCall } from "../call/whose-call";
import { Denial } from "../denial";
import type { CallTelemetry } from "../telemetry/call-telemetry";
import { toldOf } from "../told-of";
import { HeldBytes } from "../held-bytes";
import type { WayRequest } from "../ways/way-request";
import type { WaysIn } from "../ways/ways-in";
import { gatewayRequest, metadataOf, wayRequest } from "./check-request";
import { headerList } from "./header-list";
import { admittedResponse, allowedResponse, cardResponse, deniedResponse } from "./check-response";
import { endOfCall, outcomeOf } from "./outcome-of";
import { serveProcessing } from "./processing";
import {
  ACCESS_LOG,
  type AccessLogMessage,
  AUTHORIZATION,
  type CheckRequest,
  type CheckResponse,
  PROCESSING,
  type ProcessingRequest,
  type ProcessingResponse,
} from "./protocol";

export interface EnvoyServerProps {
  readonly authorizer: Pick<Authorizer, "authorize">;
  readonly ways: Pick<WaysIn, "admit" | "card">;
  readonly outcomes: Pick<Outcomes, "begin" | "callOf" | "end">;
  readonly open: Pick<OpenCalls, "answering" | "begin" | "cutOf" | "end">;
  /** Told of each refusal that the exchange has no record of */
  readonly refusals: Pick<RefusalTeller, "tell">;
  readonly log: Log;
  /**
   * Measures what is decided.
   *
   * @default - nothing
   */
  readonly telemetry?: CallTelemetry;
  /** A request with its body, and what Envoy says of it */
  readonly mostBytes: number;
}

/** A prompt, as Envoy's configuration bounds it, or an answer that is read as a whole; and headers */
export const MOST_MESSAGE_BYTES = 2 * MOST_WHOLE_BYTES;
/** Of bodies that are decided on at one time, which are several times as large once they are read */
const MOST_HELD_BYTES = 33_554_432;

/** For what is under way, and for Envoy to tell how it ended */
const CLOSING_MILLISECONDS = 3_000;
/** Only the user that both containers run as */
const OWN = 0o600;

/** A check that Envoy asks for, with the metadata of its gRPC call */
type Asked = Pick<ServerUnaryCall<CheckRequest, CheckResponse>, "metadata" | "request">;

/** What Envoy asks: whether a request may go on, and what became of it. Over a Unix socket of the pod. */
export class EnvoyServer {
  private readonly server: Server;
  private readonly bodies = new HeldBytes(MOST_HELD_BYTES);

  constructor(private readonly props: EnvoyServerProps) {
    this.server = new Server({
      "grpc.max_receive_message_length": props.mostBytes,
      // It counts each message for a debugging service that is not served.
      "grpc.enable_channelz": 0,
    });
    this.server.addService(AUTHORIZATION, {
      Check: (call: ServerUnaryCall<CheckRequest, CheckResponse>, done: sendUnaryData<CheckResponse>) =>
        void this.traced(call, () => !call.cancelled).then((answer) => done(null, answer)),
    });
    this.server.addService(PROCESSING, {
      Process: (stream: ServerDuplexStream<ProcessingRequest, ProcessingResponse>) =>
        serveProcessing(stream, {
          open: this.props.open,
          find: (id) => this.props.outcomes.callOf(id),
          refused: (id, denial) => {
            const call = this.props.outcomes.callOf(id);
            if (call !== undefined) denial.about = whoseCall(call.bound.claims, call.facts);
            this.refused("answer", id, denial, call?.facts.tool);
          },
        }),
    });
    this.server.addService(ACCESS_LOG, {
      StreamAccessLogs: (stream: ServerReadableStream<AccessLogMessage, object>, done: sendUnaryData<object>) => {
        stream.on("data", (message: AccessLogMessage) => this.heard(message));
        stream.on("end", () => done(null, {}));
        stream.on("error", () => undefined);
      },
    });
  }

  /** @param path of the socket; one that a process before left behind is replaced */
  public listen(path: string): Promise<void> {
    rmSync(path, { force: true });
    return new Promise((resolve, reject) => {
      this.server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
        if (error !== null) return reject(error);
        chmodSync(path, OWN);
        resolve();
      });
    });
  }

  /** Answer what is asked for, then end. The stream of the access log would never end by itself. */
  public close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.server.forceShutdown(), CLOSING_MILLISECONDS);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** A trace context from outside is not continued. */
  private traced({ request, metadata }: Asked, isWanted: () => boolean): Promise<CheckResponse> {
    const { telemetry } = this.props;
    if (telemetry === undefined) return this.check(request, isWanted);
    const { request: sent, context_extensions: extensions } = request.attributes ?? {};
    const traced = {
      headers: headerList(sent?.http?.header_map?.headers ?? []),
      isOurs: extensions?.["agents"] !== "users",
      // Metadata of the gRPC call: what the request says of its trace is among its headers.
      asked: metadata.get("traceparent")[0],
    };
    return telemetry.within(traced, () => this.check(request, isWanted));
  }

  private async check(request: CheckRequest, isWanted: () => boolean): Promise<CheckResponse> {
    const id = randomUUID();
    const way = wayRequest(request);
    if (way !== undefined) return this.admitted(way, id, isWanted);
    try {
      const allowed = await this.authorized(request, isWanted);
      this.goesOut(id, allowed, isWanted);
      // What is handed on to an agent is cut by the companions on both sides of it.
      if (isWanted()) this.props.open.begin(id, allowed);
      return allowedResponse(allowed, id);
    } catch (error) {
      const denial = denialOf(error);
      this.refused("call", id, denial, request.attributes?.context_extensions.tool);
      return deniedResponse(denial, id, metadataOf(request));
    }
  }

  private async admitted(request: WayRequest, id: string, isWanted: () => boolean): Promise<CheckResponse> {
    const bytes = request.body?.length ?? 0;
    try {
      const card = this.props.ways.card(request);
      if (card !== undefined) return cardResponse(card);
      this.bodies.take(bytes);
      const admitted = await this.props.ways.admit(request, isWanted).finally(() => this.bodies.release(bytes));
      const { agent, way, task, start, call } = admitted;
      if (call !== undefined) this.goesOut(id, call, isWanted);
      this.props.log("way.admitted", { decision: id, agent, way, task, start });
      this.props.telemetry?.admitted(admitted);
      return admittedResponse(this.props.telemetry?.goingOn(admitted) ?? admitted, id);
    } catch (error) {
      const denial = denialOf(error);
      const cause = denial.cause === undefined ? {} : { because: told(denial.cause) };
      this.props.log("way.refused", { decision: id, ...denial.about, by: request.by, codes: denial.codes, ...cause });
      this.props.telemetry?.refused(denial, undefined);
      this.tell("way", id, denial);
      return deniedResponse(denial, id);
    }
  }

  private goesOut(id: string, allowed: Allowed, isWanted: () => boolean): void {
    this.props.outcomes.begin(id, allowed);
    this.props.telemetry?.allowed(id, allowed);
    // Envoy reports no outcome for a call that it did not send.
    if (!isWanted()) this.props.outcomes.end(id, "unknown");
    this.props.log("call.allowed", { decision: id, ...factsOf(allowed) });
  }

  private async authorized(request: CheckRequest, isWanted: () => boolean): Promise<Allowed> {
    const bytes = request.attributes?.request?.http?.raw_body.length ?? 0;
    this.bodies.take(bytes);
    try {
      return await this.props.authorizer.authorize(gatewayRequest(request), isWanted);
    } finally {
      this.bodies.release(bytes);
    }
  }

  private refused(of: "answer" | "call", decision: string, denial: Denial, tool: string | undefined): void {
    const cause = denial.cause === undefined ? {} : { because: told(denial.cause) };
    this.props.log(`${of}.refused`, { decision, ...denial.about, tool: tool ?? null, codes: denial.codes, ...cause });
    this.props.telemetry?.refused(denial, tool);
    this.tell(of, decision, denial, tool);
  }

  private tell(of: "answer" | "call" | "way", decision: string, denial: Denial, tool?: string): void {
    if (!denial.isOnRecord) this.props.refusals.tell(toldOf(of, denial, { decision, tool }));
  }

  private heard({ http_logs: logs }: AccessLogMessage): void {
    for (const entry of logs?.log_entry ?? []) {
      const ended = outcomeOf(entry);
      if (ended === undefined) continue;
      const wasCut = this.props.open.cutOf(ended.call) !== undefined;
      this.props.open.end(ended.call);
      // Its reader was asked when it was cut.
      if (wasCut) continue;
      const { outcome, ...tokens } = endOfCall(ended, this.props.outcomes.callOf(ended.call));
      this.props.outcomes.end(ended.call, outcome, tokens);
    }
  }
}

function denialOf(error: unknown): Denial {
  return error instanceof Denial ? error : Denial.of("gateway.error", undefined, { cause: error });
}

function factsOf({ bound: { claims }, facts, requestDigest }: Allowed) {
  return { ...whoseCall(claims), tool: facts.tool, action: facts.action, requestDigest };
}
