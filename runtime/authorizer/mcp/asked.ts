import type { FleetTool } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";
import type { HeaderList } from "../request/headers";
import type { Revision } from "./revisions";
import type { RpcId } from "./rpc";

export const SESSION_HEADER = "mcp-session-id";

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

/** Name of the action that is the server's tool */
export function actionOf({ actions }: FleetTool, name: string): string | undefined {
  return Object.entries(actions).find(([, { match }]) => "tool" in match && match.tool === name)?.[0];
}

/** Of a server to its client: ids are those of a session. */
export function questionOf(session: string | undefined, id: RpcId): string {
  return JSON.stringify([session ?? null, id]);
}
