import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { headersToCaller } from "./headers";
import { Parts } from "./parts";

export interface AnswerProps {
  /** Of the agent */
  readonly response: IncomingMessage;
  readonly outgoing: ServerResponse;
  /** By which the caller joins the run */
  readonly reference: string;
  /** Throws if the part may not go out, or if the client is gone */
  readonly mayGoOut: () => Promise<void>;
  /** Called with each part before it goes out; left out if none is inspected */
  readonly told?: ((part: Buffer) => void) | undefined;
  /** Interval of checks while no data arrives */
  readonly silentMilliseconds: number;
}

/**
 * Stream an answer. Each check covers all that has arrived by then; data that arrives during the check waits for the
 * next.
 *
 * @throws Problem if it may not go out; Error if either side disconnected
 */
export async function passAnswer(props: AnswerProps): Promise<void> {
  const { response, outgoing, mayGoOut, told, silentMilliseconds } = props;
  const parts = new Parts(response, outgoing);
  // The first part mostly comes with the head.
  await nextTurn();
  const first = parts.take();
  await mayGoOut();
  if (first !== undefined) told?.(first);
  outgoing.sendDate = false;
  const headers = headersToCaller(response.rawHeaders, props.reference);
  outgoing.writeHead(response.statusCode as number, response.statusMessage, headers);
  // As bytes, or Node would write the head in UTF-8.
  outgoing.write(first ?? Buffer.alloc(0));
  for (let part = parts.take(); !parts.over; part = parts.take()) {
    const silent = part === undefined && (await parts.news(silentMilliseconds));
    if (part === undefined && !silent) continue;
    await mayGoOut();
    if (part === undefined) continue;
    told?.(part);
    outgoing.write(part);
  }
  outgoing.end();
}
