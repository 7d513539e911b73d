import { delegateTool } from "../../../domain";
import type { Authorizer } from "../call/authorizer";
import type { Allowed } from "../call/spent-calls";
import { takenOutBut } from "../request/headers";
import { digestedMessage, MESSAGE_HEADERS, onlyAsks, readMessage } from "./message";
import type { Served } from "./served";
import type { Started } from "./started";
import type { WayRequest } from "./way-request";

export interface HandedOn {
  readonly served: Served;
  readonly started: Pick<Started, "joins" | "task">;
  /** Address and port of the delegate's pod */
  readonly address: string;
}

/**
 * Handing work on is a call like another: of the tool that stands for the delegate, under approval, budgets, orders and intent of the task that
 * hands it on.
 *
 * @throws Denial
 */
export function handedOn(
  authorizer: Pick<Authorizer, "handOn">,
  request: WayRequest,
  { served: { agent, way }, started: { task, joins }, address }: HandedOn,
  isWanted: () => boolean,
): Promise<Allowed> {
  const { certificate, headers } = request;
  const message = { request, way, joins: joins?.run };
  return authorizer.handOn(
    {
      certificate,
      headers,
      delegate: delegateTool(agent.name),
      address,
      // If a person decides on the message, only what that person is shown reaches the delegate.
      callOf: (isRead) => ({
        action: task,
        arguments: isRead ? readMessage(message) : digestedMessage(message),
      }),
      removeOf: (isRead) => (isRead ? takenOutBut(headers, MESSAGE_HEADERS) : []),
      onlyAsks: onlyAsks(message),
    },
    isWanted,
  );
}
