import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ByteRoom } from "../../growing-bytes";
import type { PushedTo } from "../../../domain/pushes";
import { pushAddress, withDeclared, withText } from "../a2a/push-address";
import { MOST_BODY_BYTES, readBody } from "../a2a/read-body";
import type { ReadMessage } from "../a2a/served-tasks";
import { Problem } from "../problem";
import { hasBody, isCoded, type RawHeaders } from "../tools/headers";
import type { AnswerProps } from "./answer";
import type { Asked } from "./asked";
import { headersToCaller, withLength, withoutCodings } from "./headers";

/** What the agent is sent of a request, besides our own headers */
export interface Sent {
  readonly raw: RawHeaders;
  /** Undefined if there is none */
  readonly body: Readable | undefined;
}

export function sentAsItIs(incoming: IncomingMessage): Sent {
  const { rawHeaders: raw } = incoming;
  return { raw, body: hasBody(raw) ? incoming : undefined };
}

/** SDKs push to the address that they keep, and know no handle: they keep one that has the handle of the request that set it. */
export class ServedPushes {
  /**
   * @param own http address of the companion
   * @param room for answers that are held
   */
  constructor(
    private readonly own: () => string,
    private readonly room: ByteRoom,
  ) {}

  /** A message of A2A, with the companion's address in the place of the declared one */
  public sent({ rawHeaders }: IncomingMessage, { held, push }: ReadMessage, { a2a }: Asked, handle: string): Sent {
    const raw = withoutCodings(rawHeaders);
    const pushes = a2a?.pushes;
    if (held === undefined || pushes === undefined || push?.set === undefined) return { raw, body: held?.body };
    const text = withText(held.bytes.toString("utf8"), push.set.at, pushAddress(this.own(), handle, pushes));
    const bytes = Buffer.from(text);
    return { raw: withLength(raw, bytes.length), body: Readable.from([bytes], { objectMode: false }) };
  }

  /**
   * Pass an answer on as a whole, with the declared address put back.
   *
   * @throws Problem if it may not go out, or cannot be read; Error where either side broke off
   */
  public async answer(props: Omit<AnswerProps, "silentMilliseconds" | "told">, { a2a }: Asked): Promise<void> {
    const { response, outgoing, mayGoOut, reference } = props;
    const said = await this.whole(response);
    await mayGoOut();
    const bytes = a2a?.pushes === undefined ? said : declaredIn(said, this.own(), a2a.pushes);
    const raw = bytes === said ? response.rawHeaders : withLength(response.rawHeaders, bytes.length);
    outgoing.sendDate = false;
    outgoing.writeHead(response.statusCode as number, response.statusMessage, headersToCaller(raw, reference));
    outgoing.end(bytes);
  }

  private async whole(response: IncomingMessage): Promise<Buffer> {
    if (isCoded(response.rawHeaders)) throw unreadable("in a content encoding");
    try {
      const tooLarge = (): Problem => unreadable(`of more than ${MOST_BODY_BYTES} bytes`);
      const { bytes, release } = await readBody(response, this.room, tooLarge);
      release();
      return bytes;
    } catch (error) {
      response.destroy();
      throw error;
    }
  }
}

/** The same bytes if nothing is substituted */
function declaredIn(said: Buffer, own: string, pushes: PushedTo): Buffer {
  const text = said.toString("utf8");
  const declared = withDeclared(text, own, pushes);
  return declared === text ? said : Buffer.from(declared);
}

function unreadable(how: string): Problem {
  return Problem.of("companion.no-agent", `what the agent tells of push notifications is ${how}`);
}
