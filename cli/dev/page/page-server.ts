import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { pagePart } from "../../../review/report/page-of";
import { told } from "../../../runtime/log";
import { bodyOf } from "../body-of";
import { closed, listening, LOOPBACK } from "../loopback";
import type { Feed } from "../watch/feed";
import { EventStreams } from "./event-stream";
import { turnedAway } from "./page-guard";
import { pageHeaders } from "./page-headers";
import { PageSessions } from "./page-sessions";
import type { Talk } from "./talk";

export interface PageServerProps {
  readonly feed: Feed;
  /** 0 for any free one */
  readonly port: number;
  /** What a person does on the page, once the address of the page is known */
  readonly talk: (address: string) => Talk;
}

type Asset = readonly [type: string, text: () => string];

const own = (name: string): string => readFileSync(join(__dirname, "assets", name), "utf8");
const ASSETS: Readonly<Record<string, Asset>> = {
  "/": ["text/html; charset=utf-8", () => own("page.html")],
  "/page.css": ["text/css; charset=utf-8", () => pagePart("look.css") + own("page.css")],
  "/page.js": ["text/javascript; charset=utf-8", () => ["shown.js", "watch.js", "talk.js"].map(own).join("\n")],
  "/icon.svg": ["image/svg+xml", () => own("icon.svg")],
};
const STRANGE = {
  code: "page.signed-out",
  what: "this browser asked for no sign-in",
  fix: "open the page, and sign in there",
} as const;
const JSON_LINES = "application/x-ndjson; charset=utf-8";

/** The page to talk to an agent as a user, and to watch what happens, on the loopback alone */
export class PageServer {
  private readonly server: Server;
  private readonly sessions = new PageSessions();
  private readonly streams: EventStreams;
  private talk!: Talk;
  /** http address */
  public address = "";

  private constructor(feed: Feed) {
    this.streams = new EventStreams(feed);
    this.server = createServer({ headersTimeout: 10_000 }, (request, response) => {
      void this.serve(request, response).catch(() => response.destroy());
    });
  }

  public static async start({ feed, port, talk }: PageServerProps): Promise<PageServer> {
    const page = new PageServer(feed);
    page.address = `http://${LOOPBACK}:${await listening(page.server, port)}`;
    page.talk = talk(page.address);
    return page;
  }

  public close(): Promise<void> {
    this.streams.close();
    return closed(this.server);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "/", headers } = request;
    const { pathname, search } = new URL(url, this.address);
    const turned = turnedAway({ method, path: pathname, headers, own: this.address });
    if (turned !== undefined) {
      const { status, ...reason } = turned;
      return json(response, status, { reasons: [reason] });
    }
    const asset = Object.hasOwn(ASSETS, pathname) ? ASSETS[pathname] : undefined;
    if (method === "GET" && asset !== undefined) {
      const [type, text] = asset;
      return void response.writeHead(200, pageHeaders(type)).end(text());
    }
    try {
      await this.act(`${method} ${pathname}`, search, request, response);
    } catch (error) {
      if (response.headersSent) return void response.destroy();
      const what = error instanceof Error ? error.message : told(error);
      json(response, 400, { reasons: [{ code: "page.malformed", what, fix: "send what the page sends" }] });
    }
  }

  private async act(what: string, search: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { talk, sessions } = this;
    const session = sessions.of(request);
    switch (what) {
      case "GET /events":
        return this.streams.serve(request, response);
      case "GET /state":
        return json(response, 200, talk.state(session));
      case "POST /sign-in": {
        const body = await bodyOf(request);
        const owner = session ?? sessions.begin();
        const to = await talk.signIn(owner, body);
        response.setHeader("set-cookie", sessions.cookie(owner));
        return json(response, 200, { to });
      }
      case "GET /signed-in": {
        if (session === undefined) return json(response, 403, { reasons: [STRANGE] });
        await talk.signedIn(session, search);
        return void response.writeHead(303, { ...pageHeaders("text/plain"), location: "/" }).end();
      }
      case "POST /sign-out": {
        if (session !== undefined) sessions.end(session);
        return json(response, 200, {});
      }
      case "POST /ask": {
        const ask = await talk.ask(session, await bodyOf(request));
        if ("reasons" in ask) return json(response, 403, ask);
        return lines(response, ask.send);
      }
      case "POST /story": {
        const story = talk.story();
        if (typeof story === "string") {
          return json(response, 409, {
            reasons: [{ code: "page.story", what: "the story cannot be played", fix: story }],
          });
        }
        return lines(response, (tell) => story(tell));
      }
      default:
        return json(response, 404, { reasons: [{ code: "page.none", what: "there is no such page", fix: "open /" }] });
    }
  }
}

/** Each part as one line, as it comes; the last one says what went wrong, where something did. */
async function lines(
  response: ServerResponse,
  work: (tell: (part: object) => void, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  response.writeHead(200, pageHeaders(JSON_LINES));
  const tell = (part: object): void => void (response.destroyed || response.write(`${JSON.stringify(part)}\n`));
  try {
    await work(tell, gone.signal);
  } catch (error) {
    tell({ failed: told(error) });
  }
  response.end();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, pageHeaders("application/json")).end(JSON.stringify(body));
}
