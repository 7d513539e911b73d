import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request, type RequestOptions } from "node:http";
import { connect } from "node:net";
import { TOOL_LIMITS } from "../../../runtime/companion/tools/tool-forwarder";
import type { CompanionConfig } from "../../../runtime/companion/config";
import { FakeGateway } from "./fake-gateway";
import { type Answer, Running } from "./running";

export const BY_TASK = "/v1/tasks/answer/tools/zendesk";
export const BY_SELF = "/v1/tasks/answer/self/tools/zendesk";

/** More than any machine takes for what happens at all */
const NEVER_MILLISECONDS = 20_000;

/** A companion with a fake exchange and a fake gateway */
export class ToTools {
  public readonly running = new Running();
  public readonly gateway = new FakeGateway(this.running.authority);

  /** @param gateway what is known of it, besides its address */
  public async start(
    config: Partial<CompanionConfig> & { readonly gatewayId?: string } = {},
    limits: Partial<typeof TOOL_LIMITS> = {},
  ): Promise<this> {
    await this.gateway.start();
    const { gatewayId, ...others } = config;
    this.running.toolLimits = { ...TOOL_LIMITS, ...limits };
    await this.running.start({ gateway: { url: this.gateway.url, spiffeId: gatewayId }, ...others });
    return this;
  }

  public async close(): Promise<void> {
    await this.gateway.stop();
    await this.running.close();
  }

  /** A request whose ends a test holds itself */
  public open(path: string, options: RequestOptions = {}): ClientRequest {
    const { hostname, port } = new URL(this.running.url);
    return request({ hostname, port, path, agent: false, ...options });
  }

  /** The whole answer, of any kind */
  public ask(path: string, options: RequestOptions = {}, body?: Buffer | string): Promise<Answer> {
    return answerTo(this.open(path, options), body);
  }

  /** The answer to exactly these bytes; the companion ends the connection, or the test asks it to. */
  public async raw(text: string): Promise<string> {
    const { hostname, port } = new URL(this.running.url);
    const socket = connect(Number(port), hostname);
    socket.write(text.replaceAll("HOST", `Host: ${hostname}:${port}`), "latin1");
    socket.setTimeout(NEVER_MILLISECONDS, () => socket.destroy());
    const parts: Buffer[] = [];
    socket.on("data", (part: Buffer) => parts.push(part));
    socket.on("error", () => undefined);
    await once(socket, "close");
    return Buffer.concat(parts).toString("latin1");
  }
}

/** Send the rest of a request, and take the whole answer */
export async function answerTo(made: ClientRequest, body: Buffer | string | undefined): Promise<Answer> {
  made.setTimeout(NEVER_MILLISECONDS, () => made.destroy(new Error(`no answer within ${NEVER_MILLISECONDS} ms`)));
  made.end(body);
  const [response] = (await once(made, "response")) as [IncomingMessage];
  const text = (await bytesOf(response)).toString("utf8");
  const { statusCode, headers } = response;
  const json = text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: statusCode as number, headers, text, json };
}

export async function bytesOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

/** Wait until it is so. */
export async function until(so: () => boolean): Promise<void> {
  for (const end = Date.now() + NEVER_MILLISECONDS; !so();) {
    if (Date.now() > end) throw new Error(`it was not so within ${NEVER_MILLISECONDS} ms: ${so}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
