import { type McpCapability, own } from "../../../domain";
import type { Value } from "../../json";
import { answerRefused, type Screen } from "./answer-of-server";
import { repeatedNames } from "./definition";
import {
  REVISIONS,
  type Revision,
  SERVER_CAPABILITIES,
  SERVER_NOTIFICATIONS,
  SERVER_REQUESTS,
  STATELESS,
} from "./revisions";
import { isRpcId, type Members, membersOf, type RpcId } from "./rpc";

type Declared = readonly McpCapability[];

export interface PassesProps {
  readonly capabilities: Declared;
  readonly revision: Revision;
  /** A server of 2025-11-25 asks the client */
  readonly onServerRequest: (id: RpcId) => void;
  readonly onToolsChanged: () => void;
}

/** What a server may say besides its answer: what is declared of it, and what only says how far it is */
export function passesOf({ capabilities, revision, onServerRequest, onToolsChanged }: PassesProps): Screen["passes"] {
  const isAllowed = (known: Readonly<Record<string, McpCapability | undefined>>, method: string): boolean => {
    if (!Object.hasOwn(known, method)) return false;
    const needed = known[method];
    return needed === undefined || capabilities.includes(needed);
  };
  return ({ method, id }) => {
    if (typeof method !== "string") return false;
    if (id === undefined) {
      if (method === "notifications/tools/list_changed") onToolsChanged();
      return isAllowed(SERVER_NOTIFICATIONS, method);
    }
    if (revision === STATELESS || !isRpcId(id) || !isAllowed(SERVER_REQUESTS, method)) return false;
    onServerRequest(id);
    return true;
  };
}

/** As it came */
export function unchanged(message: Members): Members {
  return message;
}

/** Of `initialize` and `server/discover`: what the server offers, without what is not declared */
export function offered(capabilities: Declared, revision: Revision): Screen["result"] {
  return (message) => {
    const result = membersOf(message["result"]);
    const told = membersOf(own(result, "capabilities"));
    if (result === undefined || told === undefined) return unreadable(message);
    if (revision !== STATELESS && result["protocolVersion"] !== revision) {
      return answerRefused(
        idOf(message),
        `the server speaks MCP ${JSON.stringify(result["protocolVersion"])}, which is not served`,
      );
    }
    const left = Object.entries(told).filter(([name]) => {
      const needed = own(SERVER_CAPABILITIES, name);
      return needed === undefined || capabilities.includes(needed);
    });
    const versions = own(result, "supportedVersions");
    const served = Array.isArray(versions)
      ? versions.filter((each) => (REVISIONS as readonly Value[]).includes(each))
      : [];
    const isSame = left.length === Object.keys(told).length;
    if (revision !== STATELESS && isSame) return message;
    return {
      ...message,
      result: {
        ...result,
        capabilities: Object.fromEntries(left),
        ...(versions !== undefined && { supportedVersions: served }),
        ...(revision === STATELESS && NOT_KEPT),
      },
    };
  };
}

/** What is filtered for one caller must be kept for no other one. */
const NOT_KEPT = { ttlMs: 0, cacheScope: "private" } as const;

export interface ListProps {
  readonly revision: Revision;
  /** Tools as the server listed them */
  readonly onListed: (tools: readonly Members[]) => void;
  /** What the caller is shown of a tool, as it is defined here; undefined if it may not call it */
  readonly shown: (tool: Members) => Members | undefined;
}

/** Filters `tools/list` to what the caller may call */
export function listed({ revision, onListed, shown }: ListProps): Screen["result"] {
  return (message) => {
    const result = membersOf(message["result"]);
    const tools = own(result, "tools");
    if (result === undefined || !Array.isArray(tools)) return unreadable(message);
    const named = (tools as readonly Value[]).flatMap((each) => {
      const tool = membersOf(each);
      return typeof tool?.["name"] === "string" ? [tool] : [];
    });
    onListed(named);
    const repeated = repeatedNames(named);
    const left = named.flatMap((tool) => (repeated.has(tool["name"]) ? [] : (shown(tool) ?? [])));
    return { ...message, result: { ...result, tools: left, ...(revision === STATELESS && NOT_KEPT) } };
  };
}

export interface ResultProps {
  readonly capabilities: Declared;
  /** The server asks for something before it goes on, and wants its state back where it gave one */
  readonly onQuestion: (state: string | undefined) => void;
  readonly onTask: (task: string) => void;
}

/** Of a call, and of any other request that a server may answer with a question back or a task */
export function answered({ capabilities, onQuestion, onTask }: ResultProps): Screen["result"] {
  return (message) => {
    const result = membersOf(message["result"]);
    if (result === undefined) return unreadable(message);
    const asked = Object.values(membersOf(own(result, "inputRequests")) ?? {});
    const odd = asked.map(methodOf).find((method) => {
      const needed = own(SERVER_REQUESTS, method);
      return needed === undefined || !capabilities.includes(needed);
    });
    if (odd !== undefined)
      return answerRefused(idOf(message), `the server asks for ${JSON.stringify(odd)}, which is not declared`);
    const state = own(result, "requestState");
    if (typeof state === "string" || asked.length > 0) onQuestion(typeof state === "string" ? state : undefined);
    const task =
      own(membersOf(own(result, "task")), "taskId") ??
      (result["resultType"] === "task" ? own(result, "taskId") : undefined);
    if (task === undefined) return message;
    if (typeof task !== "string" || !capabilities.includes("tasks")) {
      return answerRefused(idOf(message), "the server answers with a task, which is not declared");
    }
    onTask(task);
    return message;
  };
}

/** Of `tasks/list`: the caller's own */
export function tasksOf(isOwn: (task: string) => boolean): Screen["result"] {
  return (message) => {
    const result = membersOf(message["result"]);
    const tasks = own(result, "tasks");
    if (result === undefined || !Array.isArray(tasks)) return unreadable(message);
    const left = (tasks as readonly Value[]).filter((each) => {
      const id = own(membersOf(each), "taskId");
      return typeof id === "string" && isOwn(id);
    });
    return { ...message, result: { ...result, tasks: left } };
  };
}

function unreadable(message: Members): Members {
  return answerRefused(idOf(message), "the server's result is not as MCP has it");
}

function methodOf(request: Value): string {
  const method = own(membersOf(request), "method");
  return typeof method === "string" ? method : "";
}

function idOf({ id }: Members): RpcId | undefined {
  return isRpcId(id) ? id : undefined;
}
