import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { bodyOf } from "../body-of";
import { closed, listening } from "../loopback";
import { type Order, ordersIn } from "./orders";

export interface ExampleAgentProps {
  /** Address of the agent's companion */
  readonly companion: () => string;
}

interface Refusal {
  readonly reasons?: readonly { readonly code: string; readonly what: string }[];
}

/** Longer than a readable answer */
const SHOWN_CHARACTERS = 1_500;

/**
 * Stands for the code of a serving agent: like a hijacked model, it obeys everything that it is told and that it reads.
 * It knows only the companion's address, and passes on the `Ambit-Run` of each request.
 */
export class ExampleAgent {
  private readonly server: Server;

  constructor(private readonly props: ExampleAgentProps) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** @returns its port */
  public listen(): Promise<number> {
    return listening(this.server);
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const text = textIn(await bodyOf(request));
      response.writeHead(200, { "content-type": "text/plain; charset=utf-8" });
      for (const order of ordersIn(text)) response.write(await this.done(order, request));
      response.end();
    } catch {
      response.destroy();
    }
  }

  /** What became of it, in lines for a person */
  private async done(order: Order, { headers }: IncomingMessage): Promise<string> {
    if ("says" in order) return `${order.says}\n`;
    const { does, to, method, path, body } = order;
    const run = String(headers["ambit-run"] ?? "");
    const answer = await fetch(`${this.props.companion()}/v1/runs/${run}/${to}${path}`, {
      method,
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const codes = codesIn(text);
    const became = answer.ok ? `${answer.status}` : `${answer.status} ${codes.join(", ")}`;
    const shown = answer.ok ? `${indented(text.slice(0, SHOWN_CHARACTERS))}\n` : "";
    return `${does}: ${became}\n${shown}`;
  }
}

/** As much of a chat message, or of one of A2A, as is read */
interface Message {
  readonly text?: unknown;
  readonly params?: { readonly message?: { readonly parts?: readonly { readonly text?: unknown }[] } };
}

/** Of a message in JSON, or the body as it is */
function textIn(body: string): string {
  try {
    const { text, params } = JSON.parse(body) as Message;
    const told = text ?? params?.message?.parts?.[0]?.text;
    return typeof told === "string" ? told : body;
  } catch {
    return body;
  }
}

function codesIn(text: string): readonly string[] {
  try {
    return ((JSON.parse(text) as Refusal).reasons ?? []).map(({ code }) => code);
  } catch {
    return [];
  }
}

function indented(text: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
