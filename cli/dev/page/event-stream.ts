import type { IncomingMessage, ServerResponse } from "node:http";
import type { Numbered } from "../watch/events";
import type { Feed } from "../watch/feed";
import { pageHeaders } from "./page-headers";

const MOST_STREAMS = 16;
/** Of a page that does not read */
const MOST_WAITING_BYTES = 1_048_576;
const ALIVE_MILLISECONDS = 15_000;

/** The feed by server-sent events (HTML Living Standard, section 9.2) */
export class EventStreams {
  private readonly open = new Set<ServerResponse>();

  constructor(private readonly feed: Feed) {}

  /** What is kept still since the last that the page has seen, and all that comes */
  public serve({ headers }: IncomingMessage, response: ServerResponse): void {
    if (this.open.size >= MOST_STREAMS) {
      response.writeHead(503, pageHeaders("text/plain")).end("too many pages are open");
      return;
    }
    this.open.add(response);
    response.writeHead(200, pageHeaders("text/event-stream"));
    const last = headers["last-event-id"];
    response.write("retry: 1000\n\n");
    for (const event of this.feed.since(typeof last === "string" ? last : "")) response.write(this.written(event));
    const stop = this.feed.follow((event) => {
      // It comes again, and gets what is kept still.
      if (response.writableLength > MOST_WAITING_BYTES) response.destroy();
      else response.write(this.written(event));
    });
    const alive = setInterval(() => response.write(":\n\n"), ALIVE_MILLISECONDS).unref();
    response.once("close", () => {
      stop();
      clearInterval(alive);
      this.open.delete(response);
    });
  }

  /** JSON has no line break, so that each event is one line of data. */
  private written(event: Numbered): string {
    return `id: ${this.feed.placeOf(event)}\ndata: ${JSON.stringify(event)}\n\n`;
  }

  public close(): void {
    for (const response of this.open) response.destroy();
  }
}
