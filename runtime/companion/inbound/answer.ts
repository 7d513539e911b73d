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
  /** Throws where what has come may not go out, or nobody takes it */
  readonly mayGoOut: () => Promise<void>;
  /** Told of each part before it goes out; left out where nothing is read of it */
  readonly told?: ((part: Buffer) => void) | undefined;
  /** After which it is asked again, though nothing comes */
  readonly silentMilliseconds: number;
}

/**
 * Pass an answer on as it comes. Each time it is asked whether all that has come by then may go out: what comes
 * meanwhile waits for the next time.
 *
 * @throws Problem where it may not; Error where either side broke off
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
