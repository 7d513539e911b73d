import { own, protocolAction } from "../../../domain";
import type { Clock } from "../../clock";
import { canonicalJson } from "../../canonical-json";
import type { FleetTool } from "../../registry/registry";
import type { GatewayRequest } from "../call/gateway-request";
import { Denial } from "../denial";
import { bodyOf } from "../request/body";
import { type HeaderList, refuseOverrides, single } from "../request/headers";
import type { Look, RecognisedCall } from "../request/recognised-call";
import {
  agreeingHeaders,
  agreeingParameters,
  PARAMETER_PREFIX,
  parameterHeaders,
  refuseRepeating,
} from "./agreeing-headers";
import { actionOf, type Asked, type McpCaller, questionOf, SESSION_HEADER } from "./asked";
import { checkMembers, decidedArguments } from "./call-members";
import { Definitions, viewOf } from "./definitions";
import { Handles } from "./handles";
import { checkSpelling } from "./known-names";
import { Looks } from "./looks";
import { type Given, McpAnswers } from "./mcp-answers";
import { asRpc, unknown } from "./mcp-refusal";
import { type Message, messageOf } from "./message";
import { RequestStates } from "./request-states";
import { revisionByHeader, revisionOf, VERSION_HEADER } from "./revision-of";
import { NOTIFICATIONS, REQUESTS, STATELESS, WITH_SESSIONS } from "./revisions";
import { type Members, membersOf, type RpcId } from "./rpc";
import { unchanged } from "./screens";
import { tasksIn, tasksInAnswer } from "./task-ids";

const RESUMED_HEADER = "last-event-id";
/** Beside those that every tool gets */
const PASSED: ReadonlySet<string> = new Set([SESSION_HEADER, VERSION_HEADER, "mcp-method", "mcp-name"]);

type Request = Extract<Message, { readonly kind: "request" }>;

/** Finds what a message to an MCP server is, and reads what comes back. It remembers which agent was given what. */
export class McpMessages {
  private readonly given: Given;
  private readonly answers: McpAnswers;
  private readonly looks: Looks;

  constructor(
    clock: Clock,
    private readonly definitions: Definitions = new Definitions(),
  ) {
    const states = new RequestStates(clock);
    this.given = { sessions: new Handles(), tasks: new Handles(), questions: new Handles(), states };
    this.answers = new McpAnswers(this.given, definitions);
    this.looks = new Looks(definitions);
  }

  /** @throws Denial with an error for MCP clients */
  public recognise(tool: FleetTool, request: GatewayRequest, caller: McpCaller): RecognisedCall {
    let id: RpcId | undefined;
    try {
      if (request.path !== `/tools/${tool.name}`) {
        throw Denial.of(
          "gateway.route",
          `an MCP server is called at /tools/${tool.name}, without a slash or query behind it`,
        );
      }
      refuseOverrides(request.headers);
      for (const name of [...PASSED, RESUMED_HEADER]) single(request.headers, name);
      if (request.method !== "POST") return this.withoutMessage(tool, request, caller);
      const message = messageOf(bodyOf(request.headers, request.body));
      if (message.kind === "request") id = message.id;
      const trace = message.kind === "response" ? undefined : own(membersOf(message.params["_meta"]), "traceparent");
      const call = this.ofMessage(tool, request.headers, message, caller);
      return { ...call, trace, refused: (denial) => asRpc(denial, id) };
    } catch (error) {
      throw error instanceof Denial ? asRpc(error, id) : error;
    }
  }

  private ofMessage(tool: FleetTool, headers: HeaderList, message: Message, caller: McpCaller): RecognisedCall {
    checkSpelling(message);
    const opens = message.kind === "request" && message.method === "initialize";
    const context = this.contextOf(tool, headers, caller, opens);
    const revision = revisionOf(message, headers, context.session !== undefined);
    const asked: Asked = { ...context, revision };
    if (revision === STATELESS && asked.session !== undefined) {
      throw Denial.of("mcp.header", `the header ${SESSION_HEADER} is not of MCP ${STATELESS}`);
    }
    if (message.kind === "response") {
      agreeingHeaders(message, headers, revision);
      this.checkTasks(asked, undefined, tasksInAnswer(message.outcome));
      return this.ofResponse(asked, message);
    }
    const known = own(message.kind === "request" ? REQUESTS : NOTIFICATIONS, message.method);
    if (known === undefined || !known.in.includes(revision)) {
      throw Denial.of(
        "mcp.method",
        `${JSON.stringify(message.method)} is no ${message.kind} of MCP ${revision} that is served`,
      );
    }
    agreeingHeaders(message, headers, revision);
    const { needs } = known;
    if (needs !== undefined && !tool.capabilities.includes(needs)) {
      throw Denial.of("mcp.method", `${message.method} needs the capability ${needs}, which the tool does not declare`);
    }
    const id = message.kind === "request" ? message.id : undefined;
    this.checkTasks(asked, id, tasksIn(message.method, message.params, known.name === "taskId"));
    if (message.kind === "notification") return this.protocol(asked, message.method, message.params);
    return message.method === "tools/call" ? this.ofCall(asked, message) : this.ofRequest(asked, message);
  }

  private contextOf(tool: FleetTool, headers: HeaderList, caller: McpCaller, opens: boolean): Omit<Asked, "revision"> {
    const { claims } = caller;
    const owner = JSON.stringify([claims.client_id, claims.sid, tool.name]);
    const session = single(headers, SESSION_HEADER);
    if (session !== undefined && opens)
      throw Denial.of("mcp.header", `initialize opens a session, so it has no ${SESSION_HEADER}`);
    if (session !== undefined && !this.given.sessions.belongs(owner, session)) throw Denial.of("mcp.session");
    return { tool, caller, headers, session, owner, view: viewOf(tool, claims) };
  }

  private ofCall(asked: Asked, { id, params }: Request): RecognisedCall {
    const { tool, caller } = asked;
    const { name, arguments: args = {}, task, inputResponses, requestState } = params;
    if (typeof name !== "string") throw Denial.of("call.arguments", "params.name must be a text");
    checkMembers(params);
    const action = actionOf(tool, name);
    if (action === undefined)
      throw unknown(id, "tool", name, `no action of ${tool.name} is its tool ${JSON.stringify(name)}`);
    if (!caller.isGranted(action))
      throw unknown(id, "tool", name, `the token or the policy grants no ${tool.name}.${action}`);
    if (task !== undefined && !tool.capabilities.includes("tasks")) {
      throw Denial.of("call.arguments", "params.task needs the capability tasks, which the tool does not declare");
    }
    const plain = membersOf(args);
    if (plain === undefined) throw Denial.of("call.arguments", "params.arguments must be an object");
    const decided = decidedArguments(plain, params);
    const state = this.stateOf(asked, action, plain, requestState, inputResponses);
    const pin = own(tool.actions, action)?.pin;
    return {
      ...this.passing(asked),
      action,
      arguments: decided,
      ...state.call,
      confirm: (look) => this.confirm(asked, { name, args: plain, pin }, look),
      answer: this.answers.of(asked, id, this.answers.toCall(asked, state.request)),
    };
  }

  private ofRequest(asked: Asked, { id, method, params }: Request): RecognisedCall {
    const { inputResponses, requestState, _meta, ...others } = params;
    const state = this.stateOf(asked, protocolAction(method), others, requestState, inputResponses);
    return {
      ...this.protocol(asked, method, params),
      ...state.call,
      answer: this.answers.of(asked, id, this.answers.toRequest(asked, method, state.request), method === "initialize"),
    };
  }

  private ofResponse(asked: Asked, { id, outcome }: Extract<Message, { readonly kind: "response" }>): RecognisedCall {
    const question = questionOf(asked.session, id);
    if (asked.revision === STATELESS) throw Denial.of("mcp.message", `a client of MCP ${STATELESS} posts no answers`);
    if (!this.given.questions.belongs(asked.owner, question)) {
      throw Denial.of("mcp.message", "the server has asked no such question that was let through");
    }
    return {
      ...this.protocol(asked, "response", { id, outcome }),
      goesOut: () => this.used(this.given.questions.take(asked.owner, question)),
    };
  }

  /** GET opens a stream of what the server says by itself, DELETE ends a session. */
  private withoutMessage(tool: FleetTool, request: GatewayRequest, caller: McpCaller): RecognisedCall {
    const { method, headers, body } = request;
    if (method !== "GET" && method !== "DELETE") throw Denial.of("mcp.no-stream", `no ${method} is of MCP`);
    if (body.length > 0) throw Denial.of("call.body", `${method} has no body`);
    refuseRepeating(headers);
    const context = this.contextOf(tool, headers, caller, false);
    const header = single(headers, VERSION_HEADER);
    if (context.session === undefined || revisionByHeader(header, true) !== WITH_SESSIONS) {
      throw Denial.of("mcp.no-stream", `${method} is for the holder of a session of MCP ${WITH_SESSIONS}`);
    }
    const asked: Asked = { ...context, revision: WITH_SESSIONS };
    const known = method === "GET" ? "stream" : "end-session";
    const call = this.protocol(asked, known, {});
    const passes = [...(call.passes ?? []), ...(method === "GET" ? [RESUMED_HEADER] : [])];
    return { ...call, passes, refused: (denial) => asRpc(denial, undefined) };
  }

  /** A message that calls no tool */
  private protocol(asked: Asked, method: string, params: Members): RecognisedCall {
    return {
      ...this.passing(asked),
      action: protocolAction(method),
      arguments: params,
      answer: this.answers.of(asked, undefined, unchanged),
    };
  }

  private passing({ tool, caller, headers }: Asked): Pick<RecognisedCall, "granted" | "passes" | "reads"> {
    return {
      // Beside any answer there may be a message that a capability lets pass.
      reads: tool.capabilities.length > 0,
      granted: Object.keys(tool.actions).filter((action) => caller.isGranted(action)),
      passes: headers.map(([name]) => name).filter((name) => PASSED.has(name) || name.startsWith(PARAMETER_PREFIX)),
    };
  }

  /** A pinned tool is called only where its server still says of it what was reviewed. */
  private async confirm(
    { tool, headers, revision, view }: Asked,
    call: { readonly name: string; readonly args: Members; readonly pin: string | undefined },
    look: Look,
  ): Promise<void> {
    const { name, args, pin } = call;
    const needed = pin !== undefined || parameterHeaders(headers).length > 0;
    let definition = this.definitions.fresh(view, name);
    if (definition === undefined && needed) {
      await this.looks.seen(view, tool, () => look(revision));
      definition = this.definitions.fresh(view, name);
    }
    if (pin !== undefined && definition?.pin !== pin) {
      const what =
        definition === undefined
          ? "the server has no such tool any more"
          : `the server says ${definition.pin ?? "what has no digest"} of it`;
      throw Denial.of("mcp.pin", `${JSON.stringify(name)} is not as it was reviewed: ${what}`);
    }
    agreeingParameters(headers, args, definition?.headers ?? [], revision);
  }

  /** A state that a server gave is good once, for what was asked; answers to its questions come with it. */
  private stateOf(
    { caller: { claims }, tool, owner }: Asked,
    action: string,
    args: Members,
    requestState: unknown,
    inputResponses: unknown,
  ): { readonly request: string; readonly call: Pick<RecognisedCall, "goesOut"> } {
    const request = canonicalJson([owner, claims.run, tool.name, action, args]);
    if (requestState === undefined && inputResponses === undefined) return { request, call: {} };
    const isState = requestState === undefined || typeof requestState === "string";
    if (!isState || !this.given.states.isGood(owner, requestState, request)) throw Denial.of("mcp.state");
    return { request, call: { goesOut: () => this.used(this.given.states.use(owner, requestState, request)) } };
  }

  private used(wasGood: boolean): void {
    if (!wasGood) throw Denial.of("mcp.state", "another call has used it meanwhile");
  }

  private checkTasks({ owner }: Asked, id: RpcId | undefined, tasks: readonly string[]): void {
    const other = tasks.find((task) => !this.given.tasks.belongs(owner, task));
    if (other !== undefined) throw unknown(id, "task", other, "no task of this id was given to the caller");
  }
}
