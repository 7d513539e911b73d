import type { IncomingHttpHeaders } from "node:http";
import { type Agent, request } from "node:https";
import { codesIn } from "../gateway/call";
import type { GatewayWorld } from "../gateway/gateway-world";

export interface UserRequest {
  readonly host: string;
  readonly path: string;
  /** @default "GET" */
  readonly method?: string;
  /** Shown in Authorization; nothing where it is left out */
  readonly evidence?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Of connections that are kept; a new one for each request where it is left out */
  readonly connections?: Agent;
  /** Told of each part of the answer, and whether to go on */
  readonly onPart?: (part: string) => boolean;
}

export interface UserAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of the reasons why it was refused */
  readonly codes: readonly string[];
  /** Whether the answer ended as it should, and was not broken off */
  readonly isWhole: boolean;
}

/** A user's client: it knows a host name, a path and a token. */
export function asked(world: GatewayWorld, ca: string, wanted: UserRequest): Promise<UserAnswer> {
  const { host, path, method = "GET", evidence, headers = {}, body, connections, onPart = () => true } = wanted;
  const authorization: Record<string, string> = evidence === undefined ? {} : { authorization: `Bearer ${evidence}` };
  return new Promise((resolve, reject) => {
    const sent = request({
      host: world.host,
      port: world.usersPort,
      servername: host,
      method,
      path,
      headers: { host, ...authorization, ...headers } as Record<string, string | string[]>,
      agent: connections ?? false,
      ca,
    });
    sent.on("response", (response) => {
      let text = "";
      const { statusCode: status = 0, headers: answered } = response;
      const done = (isWhole: boolean): void =>
        resolve({ status, headers: answered, text, codes: status >= 400 ? codesIn(text) : [], isWhole });
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (!onPart(part)) response.destroy();
      });
      response.on("end", () => done(response.complete));
      response.on("close", () => done(response.complete));
      response.on("error", () => done(false));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
