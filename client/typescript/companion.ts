import { readFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request, type RequestOptions } from "node:http";
import { answerOf, failureOf, foreign } from "./answers";
import { AmbitUnavailable } from "./errors";

/** Where the companion listens unless told otherwise */
const COMPANION = "http://127.0.0.1:7464";
/** The exchange has 10 s for a request, and the companion needs a moment. */
const TIMEOUT_MILLISECONDS = 15_000;
/** What the companion answers has some kilobytes. */
const MOST_BYTES = 4 * 1024 * 1024;
/** As it is written, before a parser makes anything of it */
const LOOPBACK = /^http:\/\/(localhost|127(\.(0|[1-9]\d{0,2})){3}|\[::1\])(:[1-9]\d{0,4})?\/?$/i;
/** Its own, and not Node's, which takes a proxy of the environment (NODE_USE_ENV_PROXY) */
const DIRECT = new Agent();

export interface CompanionProps {
  /**
   * Address of the companion: http, on the loopback.
   *
   * @default - `AMBIT_COMPANION_URL`, or http://127.0.0.1:7464
   */
  readonly url?: string;

  /**
   * File with what the companion wants to be shown.
   *
   * @default - `AMBIT_COMPANION_TOKEN_FILE`, or nothing is shown
   */
  readonly tokenFile?: string;

  /**
   * How long one request may take, in milliseconds.
   *
   * @default 15000
   */
  readonly timeoutMilliseconds?: number;
}

/** What can be asked for besides an address */
export interface Question {
  readonly method: "DELETE" | "GET" | "POST";
  readonly path: string;
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

/** One request to the companion, one answer or an error that says why. */
export class Companion {
  /** Without a slash at its end */
  public readonly url: string;
  private readonly tokenFile: string | undefined;
  private readonly timeoutMilliseconds: number;

  /** @throws Error where the address is not on the loopback: evidence and tokens go no further than the pod */
  constructor(props: CompanionProps = {}) {
    this.url = loopback(props.url ?? variable("AMBIT_COMPANION_URL") ?? COMPANION);
    this.tokenFile = props.tokenFile ?? variable("AMBIT_COMPANION_TOKEN_FILE");
    this.timeoutMilliseconds = props.timeoutMilliseconds ?? TIMEOUT_MILLISECONDS;
  }

  /**
   * The answer's JSON, an empty object where it has none.
   *
   * @throws AmbitError, or the reason of `signal` where that was aborted
   */
  public async ask({ method, path, body, signal }: Question): Promise<Readonly<Record<string, unknown>>> {
    const headers = { ...(await this.shown()), ...(body && { "content-type": "application/json" }) };
    const late = AbortSignal.timeout(this.timeoutMilliseconds);
    const both = signal === undefined ? late : AbortSignal.any([signal, late]);
    let answered: Answered;
    try {
      answered = await sent(`${this.url}${path}`, { method, headers, signal: both }, body && JSON.stringify(body));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AmbitUnavailable) throw error;
      throw new AmbitUnavailable(`the companion at ${this.url} did not answer`, [], undefined, { cause: error });
    }
    const { status, retryAfter, body: said } = answered;
    if (status < 200 || status > 299) throw failureOf(status, retryAfter, said);
    return answerOf(said);
  }

  /** Read each time, because the file may be written anew. */
  private async shown(): Promise<Readonly<Record<string, string>>> {
    if (this.tokenFile === undefined) return {};
    try {
      return { authorization: `Bearer ${(await readFile(this.tokenFile, "utf8")).trim()}` };
    } catch (error) {
      const message = `the companion's token could not be read from ${this.tokenFile}`;
      throw new AmbitUnavailable(message, [], undefined, { cause: error });
    }
  }
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

async function sent(url: string, options: RequestOptions, body: string | undefined): Promise<Answered> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { ...options, agent: DIRECT }, resolve)
      .on("error", reject)
      .end(body);
  });
  const { statusCode = 0, headers } = response;
  return { status: statusCode, retryAfter: headers["retry-after"], body: await textOf(response) };
}

/** @throws AmbitUnavailable beyond 4 MiB */
async function textOf(response: IncomingMessage): Promise<string> {
  if (Number(response.headers["content-length"] ?? 0) > MOST_BYTES) {
    response.destroy();
    throw foreign("more than 4 MiB");
  }
  const parts: Buffer[] = [];
  let bytes = 0;
  // Leaving this loop by an error destroys the response.
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw foreign("more than 4 MiB");
    parts.push(part);
  }
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** An empty variable is one that is not set. */
function variable(name: string): string | undefined {
  const value = process.env[name];
  return value === "" ? undefined : value;
}

function loopback(address: string): string {
  if (!LOOPBACK.test(address) || !URL.canParse(address)) {
    const wanted = "url must be the companion's address, http on the loopback without a path";
    throw new Error(`${wanted}, got "${address}": write one such as ${COMPANION}`);
  }
  return new URL(address).origin;
}
