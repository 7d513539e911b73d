import { ATTRIBUTES, METRICS, OTHER, TRACE_HEADER } from "../../../domain/telemetry-names";
import type { Span, Telemetry } from "../../telemetry/telemetry";
import { traceContextOf, traceContextsOf } from "../../telemetry/trace-context";
import { routeOf } from "../http/app";
import type { Served } from "../http/parts";

const METHODS: ReadonlySet<string> = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);
/** The kubelet asks them all the time. */
const PROBES: ReadonlySet<string> = new Set(["/live", "/ready"]);
/** From which on a status is the server's failure (semantic conventions, HTTP spans) */
const FAILED = 500;

/** Each request is a span that goes on with the trace of companion or gateway. A `traceparent` of any other client is linked. */
export function tracedApp(app: Served, telemetry: Telemetry): Served {
  if (!telemetry.isOn) return app;
  return {
    fetch: (request, environment) => {
      const route = routeOf(new URL(request.url).pathname) ?? OTHER;
      if (PROBES.has(route)) return app.fetch(request, environment);
      const begun = performance.now();
      const facts = {
        [ATTRIBUTES.httpMethod]: METHODS.has(request.method) ? request.method : OTHER,
        [ATTRIBUTES.httpRoute]: route,
      };
      const span = telemetry.begin({
        name: `${facts[ATTRIBUTES.httpMethod]} ${facts[ATTRIBUTES.httpRoute]}`,
        kind: "server",
        facts,
        from: traceContextsOf(request.headers.get(TRACE_HEADER)),
      });
      span.link(traceContextOf(request.headers.get("traceparent")));
      return telemetry.within(span, async () => {
        const response = await app.fetch(request, environment);
        ended(span, response.status);
        const seconds = (performance.now() - begun) / 1_000;
        telemetry.measure(METRICS.httpDuration, seconds, { ...facts, [ATTRIBUTES.httpStatus]: response.status });
        return response;
      });
    },
  };
}

function ended(span: Span, status: number): void {
  span.set({ [ATTRIBUTES.httpStatus]: status });
  span.end(status >= FAILED ? `${status}` : undefined);
}
