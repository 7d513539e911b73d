/** Payload format 2.0, as far as a request is made of it */
export interface HttpEvent {
  readonly version: "2.0";
  readonly rawPath: string;
  readonly rawQueryString?: string;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly cookies?: readonly string[];
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: { readonly domainName?: string; readonly http: { readonly method: string } };
}

/** Other formats, such as that of a load balancer, have their certificates elsewhere, or in headers. */
export function isHttpEvent(event: unknown): event is HttpEvent {
  const { version, rawPath, requestContext } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const { http } = (requestContext ?? {}) as Readonly<Record<string, unknown>>;
  return version === "2.0" && typeof rawPath === "string" && typeof http === "object" && http !== null;
}

/** Whether a request can be made of it. Of one that cannot, Hono writes the headers to the console, credentials included. */
export function isRequest(event: HttpEvent): boolean {
  const { rawPath, rawQueryString = "", headers, cookies = [], body, isBase64Encoded, requestContext } = event;
  const { domainName = "", http } = requestContext;
  try {
    const sent = Object.entries(headers ?? {}).map(([name, value]) => [name, asAscii(value)] as [string, string]);
    new Headers([...sent, ["cookie", cookies.join("; ")]]);
    if (isBase64Encoded === true) atob(body ?? "");
    new Request(`https://${domainName}${rawPath}?${rawQueryString}`, { method: http.method, body: body || null });
    return true;
  } catch {
    return false;
  }
}

/** As Hono does */
function asAscii(value: string): string {
  return /\P{ASCII}/u.test(value) ? encodeURIComponent(value) : value;
}
