import type { FleetTool } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";
import type { HeaderList } from "../request/headers";
import { type Revision, WITH_SESSIONS } from "./revisions";
import type { RpcId } from "./rpc";

export const SESSION_HEADER = "mcp-session-id";
/** Of GET: the event behind which a client comes back */
export const RESUMED_HEADER = "last-event-id";

/** Who asks, and what of the tool it may call */
export interface McpCaller {
  readonly claims: Pick<AccessTokenClaims, "client_id" | "run" | "sid" | "sub_id">;
  readonly isGranted: (action: string) => boolean;
}

/** One message, with all that it is decided by */
export interface Asked {
  readonly tool: FleetTool;
  readonly caller: McpCaller;
  readonly headers: HeaderList;
  readonly revision: Revision;
  readonly session: string | undefined;
  /** Agent, session of the user, and tool */
  readonly owner: string;
  readonly view: string;
}

/** A session of 2025-11-25, and whose run is in it */
export interface Place {
  readonly owner: string;
  readonly session: string;
  readonly run: string;
}

/** Undefined without a session */
export function placeOf({ owner, session, revision, caller }: Asked): Place | undefined {
  if (session === undefined || revision !== WITH_SESSIONS) return undefined;
  return { owner, session, run: caller.claims.run };
}

/** Name of the action that is the server's tool */
export function actionOf({ actions }: FleetTool, name: string): string | undefined {
  return Object.entries(actions).find(([, { match }]) => "tool" in match && match.tool === name)?.[0];
}

/** Of a server to its client: ids are those of a session. */
export function questionOf(session: string | undefined, id: RpcId): string {
  return JSON.stringify([session ?? null, id]);
}
