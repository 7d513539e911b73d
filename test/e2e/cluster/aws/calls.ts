import type { IncomingMessage } from "node:http";

/** One request of a pod to STS or S3, as it arrived at the front of AWS */
export interface AwsCall {
  /** When, in milliseconds since the epoch */
  readonly at: number;
  readonly host: string;
  readonly userAgent: string;
  readonly method: string;
  readonly path: string;
  /** Id of the access key that signed it; undefined where nothing did */
  readonly key: string | undefined;
  readonly status: number;
  /** Of STS: what it was sent */
  readonly form: URLSearchParams;
  /** Of STS: what it answered, XML */
  readonly answer: string;
}

const STS = /^sts\./;
const S3 = /(?:^|\.)s3\./;
const SIGNED_BY = /Credential=(\w+)\//;

/** What reaches STS and S3, which is remembered */
export class AwsCalls {
  public readonly arrived: AwsCall[] = [];

  /**
   * @param form in place of the request's body
   * @returns to be told of the answer
   */
  public watch(request: IncomingMessage, form: string | undefined): (answered: IncomingMessage) => void {
    const { method = "", url: path = "", headers } = request;
    const { host = "", authorization = "", "user-agent": userAgent = "" } = headers;
    const at = Date.now();
    const isOfSts = STS.test(host);
    if (!isOfSts && !S3.test(host)) return () => undefined;
    const sent = isOfSts && form === undefined ? textOf(request) : () => form ?? "";
    const key = SIGNED_BY.exec(authorization)?.[1];
    return (answered) => {
      const answer = isOfSts ? textOf(answered) : () => "";
      const { statusCode: status = 0 } = answered;
      answered.once("end", () => {
        const form = new URLSearchParams(sent());
        this.arrived.push({ at, userAgent, host, method, path, key, status, form, answer: answer() });
      });
    };
  }
}

/** What has come of it, while it is passed on */
function textOf(message: IncomingMessage): () => string {
  const parts: Buffer[] = [];
  message.on("data", (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString("utf8");
}
