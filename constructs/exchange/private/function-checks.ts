import { refuse, shown } from "../../../domain";

export interface MutualTls {
  /** `s3://<bucket>/<key>` of the authorities in PEM */
  readonly truststoreUri: string;
  /** Version of that object: the trusted authorities change only with an apply */
  readonly truststoreVersion: string;
}

const STORE = /^s3:\/\/[a-z0-9.-]{3,63}\/.+$/;

/** API Gateway serves a name at port 443 and at no other. */
export function hostOf(origin: string, where: string): string {
  const { hostname, port } = new URL(origin);
  if (port !== "" || !/\.[a-z]+$/.test(hostname)) {
    const what = "issuer must be a name without a port, such as https://exchange.example, where a function serves it";
    refuse("exchange.malformed", where, `${what}, got ${shown(origin)}`);
  }
  return hostname;
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

function fits(value: string, pattern: RegExp, what: string, where: string): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  return refuse("exchange.malformed", where, `${what}, got ${shown(value)}`);
}
