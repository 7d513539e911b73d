import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import { recorder } from "../../../support/recorder";
import { HOSTS, MODEL, TOOL_HOSTS, UNANSWERED } from "./hosts";
import { mcpAnswer } from "./mcp-stand-in";
import { PAYMENTS } from "./payments";
import { ticketAt } from "./tickets";

/** One request, as it arrived at a tool */
export interface Arrived {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** When its connection had nothing more to say, in milliseconds since the epoch: the answer was whole, or was cut */
  readonly over: Promise<number>;
}

/** An answer that takes its time: it is written by itself. */
export type Lasting = (response: ServerResponse) => void;

/** In place of the example's tools, which it calls by their own names: what arrives there is remembered. */
export class Tools {
  public readonly arrived: Arrived[] = [];

  /** @param more what answers besides, by its host: JSON, nothing, or {@link Lasting} */
  constructor(private readonly more: ReadonlyMap<string, (arrived: Arrived) => unknown> = new Map()) {}

  /** That have a certificate */
  public get hosts(): readonly string[] {
    return [...TOOL_HOSTS, ...this.more.keys()];
  }

  /** Of two for one host the last counts. */
  public get standIns(): readonly (readonly [host: string, listener: RequestListener])[] {
    return [
      [HOSTS.payments, this.answering(({ body }) => mcpAnswer("payments", PAYMENTS, JSON.parse(body) as never))],
      [HOSTS.zendesk, this.answering(({ path }) => ticketAt(path))],
      [HOSTS.github, this.answering(() => ({ number: 42, title: "Pack parcels better", merged: true }))],
      [MODEL, this.answering(() => ({}))],
      ...[...this.more].map(([host, answer]) => [host, this.answering(answer)] as const),
    ];
  }

  /** Calls that arrive while this is done; lists that the gateway itself asks for are left out. */
  public async during(act: () => Promise<void>): Promise<readonly Arrived[]> {
    const before = this.arrived.length;
    await act();
    return this.arrived
      .slice(before)
      .filter(({ body }) => !/"method":"(?:initialize|notifications|server\/discover|tools\/list)/.test(body));
  }

  private answering(answer: (arrived: Arrived) => unknown): RequestListener {
    const { listener, asked } = recorder((response, request) => {
      const { method = "", url = "", headers } = request;
      const over = new Promise<number>((resolve) => response.once("close", () => resolve(Date.now())));
      const arrived = { host: headers.host ?? "", method, path: url, headers, body: asked.at(-1)?.body ?? "", over };
      this.arrived.push(arrived);
      if (!arrived.body.includes(`"${UNANSWERED}"`)) say(response, answer(arrived));
    });
    return listener;
  }
}

function say(response: ServerResponse, answer: unknown): void {
  if (typeof answer === "function") (answer as Lasting)(response);
  else if (answer === undefined) response.writeHead(202).end();
  else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
}
