import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { Tool } from "../../../domain";
import { bodyOf } from "../body-of";
import { DevelopmentAuthority } from "../development-authority";
import { closed, listening, LOOPBACK } from "../loopback";
import { EXAMPLE_ANSWERS, type ExampleAnswers } from "./example-answers";

/** A request as it came to a tool */
export interface ToolRequest {
  readonly tool: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

interface FoundAction {
  readonly name: string;
  /** Of the path's parameters */
  readonly values: Readonly<Record<string, string>>;
}

const KEPT_REQUESTS = 1_000;

/** Stands for the hosts of all tools, on the loopback: answers as the declared action could, and shows what it was sent. */
export class ToolStandIns {
  /** What came, the oldest first */
  public readonly arrived: ToolRequest[] = [];
  /** PEM of the authority that vouches for all of them */
  public readonly authority: string;
  /** Address and port of all of them */
  public address = "";
  private readonly server: Server;

  constructor(
    private readonly tools: readonly Tool[],
    private readonly answers: ExampleAnswers = EXAMPLE_ANSWERS,
  ) {
    const authority = new DevelopmentAuthority("tools.development");
    this.authority = authority.bundle;
    const dnsNames = [...new Set(tools.map(({ host }) => new URL(`https://${host}`).hostname))];
    const { certificate: cert, key } = authority.x509Svid("spiffe://tools.development/stand-ins", {
      dnsNames,
      ipAddresses: [],
    });
    this.server = createServer({ cert, key }, (request, response) => void this.answer(request, response));
  }

  public async listen(): Promise<void> {
    this.address = `${LOOPBACK}:${await listening(this.server)}`;
  }

  public close(): Promise<void> {
    return closed(this.server);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = "", url: path = "", headers } = request;
      const body = await bodyOf(request);
      const tool = this.tools.find(({ host }) => host === headers.host);
      const received: ToolRequest = { tool: tool?.name ?? "", method, path, headers, body };
      this.arrived.push(received);
      this.arrived.splice(0, this.arrived.length - KEPT_REQUESTS);
      const found = tool && actionOf(tool, method, path);
      const text = JSON.stringify(found === undefined ? UNKNOWN : this.told(received, found), undefined, 2);
      response.writeHead(found === undefined ? 404 : 200, { "content-type": "application/json" }).end(`${text}\n`);
    } catch {
      response.destroy();
    }
  }

  private told({ tool, method, path, headers, body }: ToolRequest, { name, values }: FoundAction): object {
    const example = this.answers[`${tool}.${name}`]?.(values) ?? { [name]: values };
    const received = { method, path, headers, ...(body === "" ? {} : { body: jsonOf(body) }) };
    return { ...example, stand_in: { for: `${tool}.${name}`, received } };
  }
}

const UNKNOWN = { error: "there is no such action, or no stand-in for tools of this kind" };

/** The first whose method and path fit: the gateway has looked at the rest. */
function actionOf({ actions, url }: Tool, method: string, target: string): FoundAction | undefined {
  const base = new URL(url).pathname.replace(/\/$/, "");
  const [path = ""] = target.split("?");
  for (const { name, match } of actions.values()) {
    if (!("method" in match) || match.method !== method) continue;
    const values = valuesOf(`${base}${match.path}`, path);
    if (values !== undefined) return { name, values };
  }
  return undefined;
}

/** What stands for each parameter of a template; undefined if it does not fit */
function valuesOf(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] as string;
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name !== undefined) values[name] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return values;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
