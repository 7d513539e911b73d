import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { isRecord } from "../../domain/is-record";
import { jsonIn } from "./notices";

/** The longest that a request passes the gateway, and a little more, so that the gateway is the one to end it */
const ANSWER_MILLISECONDS = 310_000;
/** No handshake takes as long. */
const CONNECT_MILLISECONDS = 10_000;
/** A refusal is shorter. */
const REFUSAL_BYTES = 65_536;

export interface Asked {
  readonly address: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** PEM; undefined for what Node trusts */
  readonly ca: string | undefined;
}

/** What came back */
export interface Answered {
  readonly status: number;
  /** Whether it is the agent's own answer: it carries the reference of the run */
  readonly isOfAgent: boolean;
  /** Codes of a refusal, as the gateway, the companion and the exchange send them */
  readonly reasons: readonly { readonly code: string; readonly what: string }[];
  /** Seconds */
  readonly retryAfter: number | undefined;
}

/**
 * Ask the agent, and wait until its answer ends: a request whose client has gone ends its work. What it answers is not kept.
 *
 * @throws Error if no answer came
 */
export function asked({ address, method, headers, body, ca }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_MILLISECONDS);
    const length = String(Buffer.byteLength(body));
    const outgoing = request(address, {
      method,
      headers: { "Content-Type": "application/json", "Content-Length": length, ...headers },
      // A connection of its own: one that was kept may be dead.
      agent: false,
      signal,
      minVersion: "TLSv1.2",
      ...(ca !== undefined && { ca }),
    });
    const connecting = setTimeout(() => outgoing.destroy(new Error("no connection in time")), CONNECT_MILLISECONDS);
    outgoing.on("socket", (socket) => socket.once("secureConnect", () => clearTimeout(connecting)));
    outgoing.on("close", () => clearTimeout(connecting));
    outgoing.on("error", reject);
    outgoing.on("response", (response) => void answered(response).then(resolve, reject));
    outgoing.end(body);
  });
}

async function answered(response: IncomingMessage): Promise<Answered> {
  const { headers, statusCode: status = 0 } = response;
  const isOfAgent = headers["ambit-run"] !== undefined;
  const after = Number(headers["retry-after"]);
  const retryAfter = Number.isFinite(after) && after > 0 ? after : undefined;
  const body = await bodyOf(response, isOfAgent);
  return { status, isOfAgent, reasons: isOfAgent ? [] : reasonsIn(body), retryAfter };
}

/** Read to its end; kept only of a refusal, and only as far as one is long. What is broken off has begun all the same. */
async function bodyOf(response: IncomingMessage, isOfAgent: boolean): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (!isOfAgent && bytes <= REFUSAL_BYTES) kept.push(part);
    }
  } catch (error) {
    if (!isOfAgent) throw error;
  }
  return Buffer.concat(kept).toString("utf8");
}

function reasonsIn(body: string): Answered["reasons"] {
  const value = jsonIn(body);
  const reasons: unknown = isRecord(value) ? value.reasons : undefined;
  if (!Array.isArray(reasons)) return [];
  return reasons.flatMap((reason: unknown) =>
    isRecord(reason) && typeof reason.code === "string"
      ? [{ code: reason.code, what: typeof reason.what === "string" ? reason.what : "" }]
      : [],
  );
}
