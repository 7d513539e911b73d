import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { urlToHttpOptions } from "node:url";
import { type DecisionInput, type Hop, unseenReplaced } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { post } from "./post";

/** Grows when an evaluator must change */
export const INTENT_VERSION = "ambit.intent/1";

/** One call, and the goal it is to serve */
export interface IntentQuestion {
  readonly agent: { readonly name: string; readonly spiffeId: string };
  readonly task: string;
  /** What the agent is for, as declared */
  readonly purpose: string;
  readonly tool: string;
  readonly action: string;
  readonly destination: string;
  /** Of the whole request, as an approver sees it */
  readonly requestDigest: string;
  /**
   * Parsed arguments of the call. They may hold personal data.
   *
   * @default - not sent
   */
  readonly arguments?: unknown;
  /** Delegators, the first one first */
  readonly chain: readonly Hop[];
  /** Whether the run serves a user. Who it is is not told. */
  readonly userPresent: boolean;
}

export interface IntentAnswer {
  /** The fact `intent` of the decision input */
  readonly intent: NonNullable<DecisionInput["intent"]>;
  /** For logs: of the evaluator where it answered, of this client where it did not. Never a part of a decision. */
  readonly reason: string;
}

export interface IntentEvaluatorProps {
  /** https address; http at 127.0.0.1, [::1] or localhost only */
  readonly url: string;
  /**
   * Milliseconds for the whole exchange, from looking up the name to the last byte; at most 10,000.
   *
   * @default 500
   */
  readonly timeoutMs?: number;
  /**
   * Certificates for mutual TLS, in PEM, asked for at each new connection, so that they may be renewed.
   *
   * @default - the certificate authorities of the system, and no client certificate
   */
  readonly tls?: () => { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

const TIMEOUT_MS = { default: 500, most: 10_000 };
const MOST_SOCKETS = 64;
const MOST_ANSWER_BYTES = 16_384;
const MOST_REASON_CHARACTERS = 500;
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/** What went wrong, told apart from a late answer */
class Unusable extends Error {}

/** Asks the platform's intent evaluator. It never throws and follows no redirect: what is no clear answer is an error. */
export class IntentEvaluator {
  private readonly url: URL;
  private readonly timeoutMs: number;
  private readonly connections: HttpAgent | HttpsAgent;

  /** @throws Error for an address or a time that is not allowed */
  constructor(private readonly props: IntentEvaluatorProps) {
    this.url = evaluatorUrl(props.url);
    this.timeoutMs = milliseconds(props.timeoutMs ?? TIMEOUT_MS.default);
    const options = { keepAlive: true, maxSockets: MOST_SOCKETS };
    this.connections = this.url.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
  }

  public async ask(question: IntentQuestion): Promise<IntentAnswer> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.timeoutMs);
    try {
      return answerOf(await this.exchanged(body(question), late.signal));
    } catch (error) {
      if (late.signal.aborted)
        return { intent: { verdict: "timeout" }, reason: `no answer within ${this.timeoutMs} ms` };
      return {
        intent: { verdict: "error" },
        reason: printable(error instanceof Error ? error.message : String(error)),
      };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Close the connections that are kept. */
  public close(): void {
    this.connections.destroy();
  }

  private exchanged(json: string, signal: AbortSignal): Promise<Buffer> {
    const secure = this.url.protocol === "https:";
    const options = {
      ...urlToHttpOptions(this.url),
      agent: this.connections,
      ...(secure && { minVersion: "TLSv1.2" as const, ...this.props.tls?.() }),
    };
    return post({ to: "the evaluator", secure, options, json, signal, mostAnswerBytes: MOST_ANSWER_BYTES });
  }
}

function answerOf(bytes: Buffer): IntentAnswer {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new Unusable(`the answer must be JSON in UTF-8: ${(error as Error).message}`);
  }
  if (!isRecord(value)) {
    throw new Unusable("the answer must be an object of verdict and reason");
  }
  const unknown = Object.keys(value).find((key) => key !== "verdict" && key !== "reason");
  if (unknown !== undefined) throw new Unusable(`the answer must be an object of verdict and reason, got ${unknown}`);
  const { verdict, reason = "" } = value as { readonly verdict?: unknown; readonly reason?: unknown };
  if (verdict !== "allowed" && verdict !== "refused") {
    throw new Unusable(`verdict must be allowed or refused, got ${JSON.stringify(verdict)}`);
  }
  if (typeof reason !== "string") throw new Unusable(`reason must be a text, got ${JSON.stringify(reason)}`);
  return { intent: { verdict }, reason: printable(reason) };
}

function body(question: IntentQuestion): string {
  const { agent, task, purpose, tool, action, destination, requestDigest, chain, userPresent } = question;
  return JSON.stringify({
    version: INTENT_VERSION,
    agent: { name: agent.name, spiffeId: agent.spiffeId },
    task,
    purpose,
    tool,
    action,
    destination,
    requestDigest,
    ...(question.arguments !== undefined && { arguments: question.arguments }),
    chain: chain.map((hop) => ({ spiffeId: hop.spiffeId, task: hop.task })),
    userPresent,
  });
}

/** Untrusted text on one line, without characters that move a cursor, hide text or change its direction. */
function printable(text: string): string {
  const seen = unseenReplaced(text, () => "\0").split("\0");
  const plain = seen
    .filter((part) => part !== "")
    .join(" ")
    .trim();
  const characters = [...plain];
  return characters.length > MOST_REASON_CHARACTERS
    ? `${characters.slice(0, MOST_REASON_CHARACTERS).join("")}…`
    : plain;
}

function evaluatorUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Error(`url of the intent evaluator must be an https address, got ${JSON.stringify(text)}`);
  }
  const allowed = url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.includes(url.hostname));
  if (!allowed) {
    const what = "url of the intent evaluator must be https, or http at a loopback address";
    throw new Error(`${what}, got ${JSON.stringify(url.origin)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Error("url of the intent evaluator must hold no user name or password: authenticate with tls");
  }
  return url;
}

function milliseconds(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > TIMEOUT_MS.most) {
    const what = `timeoutMs of the intent evaluator must be a whole number from 1 to ${TIMEOUT_MS.most}`;
    throw new Error(`${what}, got ${JSON.stringify(value)}`);
  }
  return value;
}
