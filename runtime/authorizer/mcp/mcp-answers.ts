import { own } from "../../../domain";
import type { AnswerHead } from "../answer/answer-reader";
import { HeldBytes } from "../held-bytes";
import { single } from "../request/headers";
import { AnswerOfServer, type Screen, valueOf } from "./answer-of-server";
import { type Asked, actionOf, questionOf, SESSION_HEADER } from "./asked";
import { pinnedOf, pinOf } from "./definition";
import type { Definitions } from "./definitions";
import { Handles } from "./handles";
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

/** Reads what servers answer, and remembers which agent they gave what. */
export class McpAnswers {
  private readonly held = new HeldBytes(MOST_HELD_BYTES);

  constructor(
    private readonly given: Given,
    private readonly definitions: Definitions,
  ) {}

  public of(
    { tool, owner, revision, session, view, headers }: Asked,
    id: RpcId | undefined,
    result: Screen["result"],
    opens = false,
  ): AnswerOfServer {
    const passes = passesOf({
      capabilities: tool.capabilities,
      revision,
      onServerRequest: (asked) => this.given.questions.give(owner, questionOf(session, asked)),
      onToolsChanged: () => this.definitions.changed(view),
    });
    const isOwn = (task: string): boolean => this.given.tasks.belongs(owner, task);
    return new AnswerOfServer({
      id,
      held: this.held,
      screen: { result, passes: (message) => tasksTold(message).every(isOwn) && passes(message) },
      onHead: (head) => this.heard(head, owner, opens ? undefined : single(headers, SESSION_HEADER), opens),
    });
  }

  /** What becomes of the answer to a request */
  public toRequest(asked: Asked, method: string, request: string): Screen["result"] {
    const { tool, revision, view, owner, caller } = asked;
    if (method === "initialize" || method === "server/discover") return offered(tool.capabilities, revision);
    if (method === "tasks/list") return tasksOf((task) => this.given.tasks.belongs(owner, task));
    if (method !== "tools/list") return this.toCall(asked, request);
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
  public toCall({ tool, owner }: Asked, request: string): Screen["result"] {
    return answered({
      capabilities: tool.capabilities,
      onQuestion: (state) => this.given.states.remember(owner, state, request),
      onTask: (task) => this.given.tasks.give(owner, task),
    });
  }

  /** A session is opened by the answer to `initialize`, and over where the server knows it no more. */
  private heard({ status, headers }: AnswerHead, owner: string, session: string | undefined, opens: boolean): void {
    const opened = valueOf(headers, SESSION_HEADER);
    if (opens && status === 200 && opened !== undefined && Handles.isSound(opened))
      this.given.sessions.give(owner, opened);
    if (session !== undefined && status === 404) this.given.sessions.end(owner, session);
  }
}
