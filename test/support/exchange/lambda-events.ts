import type { Handler } from "../../../runtime/exchange/lambda/handler";

/** A request as an HTTP API of API Gateway hands it on, and a function URL (payload format 2.0) */
export interface LambdaRequest {
  readonly path: string;
  /** @default "POST" */
  readonly method?: string;
  /** Sent as a form */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** PEM of the certificate that API Gateway has verified */
  readonly certificate?: string;
}

export function eventOf({ path, method = "POST", form, headers = {}, certificate }: LambdaRequest) {
  const type = form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: { host: "tokens.acme.example", ...type, ...headers },
    requestContext: {
      accountId: "111122223333",
      apiId: "a1b2c3d4e5",
      authentication: certificate === undefined ? null : { clientCert: { clientCertPem: certificate } },
      domainName: "tokens.acme.example",
      domainPrefix: "tokens",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "test" },
      requestId: "request-1",
      routeKey: "$default",
      stage: "$default",
      time: "01/Dec/2026:00:00:00 +0000",
      timeEpoch: 1_796_083_200_000,
    },
    ...(form === undefined
      ? { isBase64Encoded: false }
      : { body: Buffer.from(`${new URLSearchParams(form)}`).toString("base64"), isBase64Encoded: true }),
  };
}

export interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export async function askedBy(handler: Handler, request: LambdaRequest): Promise<LambdaAnswer> {
  return (await handler(eventOf(request))) as LambdaAnswer;
}
