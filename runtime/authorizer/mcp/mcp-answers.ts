import { own } from "../../../domain";
import type { Clock } from "../../clock";
import type { AnswerHead } from "../answer/answer-reader";
import { HeldBytes } from "../held-bytes";
import { single } from "../request/headers";
import { AnswerOfServer, type AnswerProps, isOk, valueOf } from "./answer-of-server";
import { type Asked, actionOf, placeOf, questionOf, RESUMED_HEADER, SESSION_HEADER } from "./asked";
import { AwaitedAnswer } from "./awaited-answer";
import { pinnedOf, pinOf } from "./definition";
import type { Definitions } from "./definitions";
import { Handles } from "./handles";
import { KeptAnswers } from "./kept-answers";
import type { RequestStates } from "./request-states";
import type { RpcId } from "./rpc";
import { answered, listed, offered, passesOf, tasksOf } from "./screens";
import { tasksTold } from "./task-ids";

/** Of answers that are under way, all together */
const MOST_HELD_BYTES = 33_554_432;

/** Sessions, tasks, questions and states, each with the agent that it was given to */
export interface Given {
  readonly sessions: Handles;
  readonly tasks: Handles;
  /** Of servers, to which an answer is waited for */
  readonly questions: Handles;
  readonly states: RequestStates;
}

/** What a request is to the session that it names or gets */
export type Session = "ends" | "opens" | "uses";

/** Reads what servers answer, and remembers which agent they gave what. */
export class McpAnswers {
  private readonly held = new HeldBytes(MOST_HELD_BYTES);
  private readonly kept: KeptAnswers;

  constructor(
    clock: Clock,
    private readonly given: Given,
    private readonly definitions: Definitions,
  ) {
    this.kept = new KeptAnswers(clock);
  }

  /** @param awaited undefined where no answer is waited for */
  public of(asked: Asked, awaited: AwaitedAnswer | undefined, does: Session = "uses"): AnswerOfServer {
    return this.read(asked, { awaited, resumed: undefined }, does);
  }

  /** Of the stream that a client opens, by which it may come back for an answer */
  public ofStream(asked: Asked): AnswerOfServer {
    const event = single(asked.headers, RESUMED_HEADER);
    const resumed = event === undefined ? undefined : this.kept.of(placeOf(asked), event);
    return this.read(asked, { awaited: undefined, resumed }, "uses");
  }

  private read(
    { tool, owner, revision, session, view }: Asked,
    answer: Pick<AnswerProps, "awaited" | "resumed">,
    does: Session,
  ): AnswerOfServer {
    const passes = passesOf({
      capabilities: tool.capabilities,
      revision,
      onServerRequest: (asked) => this.given.questions.give(owner, questionOf(session, asked)),
      onToolsChanged: () => this.definitions.changed(view),
    });
    const isOwn = (task: string): boolean => this.given.tasks.belongs(owner, task);
    return new AnswerOfServer({
      ...answer,
      held: this.held,
      kept: this.kept,
      passes: (message) => tasksTold(message).every(isOwn) && passes(message),
      onHead: (head) => this.heard(head, owner, session, does),
    });
  }

  /** What becomes of the answer to a request */
  public toRequest(asked: Asked, id: RpcId, method: string, request: string): AwaitedAnswer {
    const { tool, revision, owner } = asked;
    if (method === "initialize" || method === "server/discover")
      return new AwaitedAnswer(asked, id, { result: offered(tool.capabilities, revision) });
    if (method === "tasks/list")
      return new AwaitedAnswer(asked, id, { result: tasksOf((task) => this.given.tasks.belongs(owner, task)) });
    if (method === "tools/list") return new AwaitedAnswer(asked, id, { result: this.toList(asked) });
    return this.toCall(asked, id, request);
  }

  private toList({ tool, revision, view, caller }: Asked): AwaitedAnswer["result"] {
    const generation = this.definitions.generation(view);
    return listed({
      revision,
      onListed: (tools) => void this.definitions.saw(view, tool, { tools, isAll: false, asked: generation }),
      shown: (definition) => {
        const action = actionOf(tool, String(definition["name"]));
        if (action === undefined || !caller.isGranted(action)) return undefined;
        const pin = own(tool.actions, action)?.pin;
        if (pin === undefined) return definition;
        return pinOf(definition) === pin ? pinnedOf(definition) : undefined;
      },
    });
  }

  /** What becomes of the answer to a call */
  public toCall(asked: Asked, id: RpcId, request: string): AwaitedAnswer {
    const { tool, owner } = asked;
    const result = answered({
      capabilities: tool.capabilities,
      onQuestion: (state) => this.given.states.remember(owner, state, request),
      onTask: (task) => this.given.tasks.give(owner, task),
    });
    return new AwaitedAnswer(asked, id, { result, length: request.length });
  }

  /** A session is opened by the answer to `initialize`, and over where it was ended, or where the server knows it no more. */
  private heard({ status, headers }: AnswerHead, owner: string, session: string | undefined, does: Session): void {
    const opened = valueOf(headers, SESSION_HEADER);
    if (does === "opens" && status === 200 && opened !== undefined && Handles.isSound(opened)) {
      // A server that gives an id again has begun anew.
      this.kept.end(owner, opened);
      this.given.sessions.give(owner, opened);
    }
    if (session !== undefined && (status === 404 || (does === "ends" && isOk(status)))) {
      this.given.sessions.end(owner, session);
      this.kept.end(owner, session);
    }
  }
}
