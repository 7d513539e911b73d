import { request as httpsRequest } from "node:https";
import { LOOPBACK } from "../loopback";

export interface AgentRequest {
  /** Host by which the agent is asked */
  readonly host: string;
  /** Of the listener for users */
  readonly port: number;
  /** PEM of the authority that vouches for that listener */
  readonly ca: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal;
}

/** A part of an answer, as it comes */
export type AnswerPart =
  | {
      readonly head: {
        readonly status: number;
        readonly type: string;
        readonly run: string | null;
        readonly decision: string | null;
      };
    }
  | { readonly text: string }
  /** Whether it ended as it should, and was not broken off */
  | { readonly end: { readonly isWhole: boolean } };

/** Longer than a page shows of an answer */
const MOST_CHARACTERS = 1_048_576;
const WAIT_MILLISECONDS = 300_000;

/** Ask an agent as a user's client does, at the listener for users. @throws Error if it is not reached */
export function askAgent({ body, ca, ...wanted }: AgentRequest, tell: (part: AnswerPart) => void): Promise<void> {
  const { host, port, method, path, headers, signal } = wanted;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": `${Buffer.byteLength(body)}` };
    const sent = httpsRequest({
      host: LOOPBACK,
      port,
      servername: host,
      method,
      path,
      headers: { host, ...headers, ...length },
      agent: false,
      ca,
      signal,
      timeout: WAIT_MILLISECONDS,
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer")));
    sent.once("response", (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const header = (name: string): string | null => {
        const value = answered[name];
        return typeof value === "string" ? value : null;
      };
      const type = header("content-type") ?? "";
      tell({ head: { status, type, run: header("ambit-run"), decision: header("x-ambit-decision") } });
      let characters = 0;
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        characters += text.length;
        if (characters > MOST_CHARACTERS) response.destroy();
        else tell({ text });
      });
      response.once("close", () => {
        tell({ end: { isWhole: response.complete } });
        resolve();
      });
      response.on("error", () => undefined);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}
