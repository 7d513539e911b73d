import { refuse, shown } from "../../../domain";

export interface MutualTls {
  /** `s3://<bucket>/<key>` of the authorities in PEM */
  readonly truststoreUri: string;
  /** Version of that object: what is trusted does not change without an apply */
  readonly truststoreVersion: string;
}

const CERTIFICATE = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[A-Za-z0-9-]+$/;
const STORE = /^s3:\/\/[a-z0-9.-]{3,63}\/.+$/;
/** An account has 1,000 at first, of which Lambda keeps 100 for everybody. */
const MOST_AT_ONCE = 900;

/** API Gateway serves a name at port 443 and at no other. */
export function hostOf(origin: string, where: string): string {
  const { hostname, port } = new URL(origin);
  if (port !== "" || !/\.[a-z]+$/.test(hostname)) {
    const what = "issuer must be a name without a port, such as https://exchange.example, where a function serves it";
    refuse("exchange.malformed", where, `${what}, got ${shown(origin)}`);
  }
  return hostname;
}

export function certificateOf(arn: string, where: string): string {
  return fits(arn, CERTIFICATE, "certificateArn must be the ARN of a certificate in ACM", where);
}

export function mutualTlsOf({ truststoreUri, truststoreVersion }: MutualTls, where: string): MutualTls {
  return {
    truststoreUri: fits(truststoreUri, STORE, "mutualTls.truststoreUri must be s3://<bucket>/<key>", where),
    truststoreVersion: fits(
      truststoreVersion,
      /^[A-Za-z0-9._-]+$/,
      "mutualTls.truststoreVersion must be the version of that object",
      where,
    ),
  };
}

export function concurrencyOf(concurrency: number, where: string): number {
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE) {
    const what = `concurrency must be a whole number from 1 to ${MOST_AT_ONCE}`;
    refuse("exchange.malformed", where, `${what}, got ${shown(concurrency)}`);
  }
  return concurrency;
}

function fits(value: string, pattern: RegExp, what: string, where: string): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  return refuse("exchange.malformed", where, `${what}, got ${shown(value)}`);
}
