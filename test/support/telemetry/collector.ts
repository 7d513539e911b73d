import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { opentelemetry } from "otlp-generated/build/src/generated/root";

export type Values = Readonly<Record<string, number | string>>;

export interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly string[];
  readonly service: string | undefined;
  readonly isError: boolean;
  readonly values: Values;
}

/** In PEM */
export interface Tls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly service: string | undefined;
  /** Of a counter or gauge; of a histogram its sum */
  readonly value: number;
  /** Of a histogram */
  readonly max?: number;
  /** 1 is delta; undefined of a gauge */
  readonly temporality?: number;
  readonly values: Values;
}

/** OpenTelemetry's own messages, as their generated reader has them */
/* eslint-disable @typescript-eslint/no-explicit-any */
type Read = any;

const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;
const { ExportMetricsServiceRequest } = opentelemetry.proto.collector.metrics.v1;
const SHAPE = { longs: Number, bytes: Array, defaults: false };

/** Takes OTLP over HTTP as a collector does, and reads it by the generated code of OpenTelemetry's definitions. */
export class Collector {
  public readonly spans: ReceivedSpan[] = [];
  public readonly points: ReceivedPoint[] = [];
  /** Everything as it came */
  public readonly bytes: Buffer[] = [];
  public status = 200;
  private server: Server | undefined;

  /**
   * @param tls where it asks for certificates; over http where it is left out
   * @returns its origin
   */
  public async listen(tls?: Tls): Promise<string> {
    const answer: RequestListener = (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        if (this.status === 200) this.take(request.url ?? "", Buffer.concat(parts));
        response.writeHead(this.status, { "content-type": "application/x-protobuf" }).end();
      });
    };
    const options = tls && { ...tls, requestCert: true, rejectUnauthorized: true };
    const server = options === undefined ? createServer(answer) : createTlsServer(options, answer);
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http${tls === undefined ? "" : "s"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  public close(): Promise<void> {
    this.server?.closeAllConnections();
    return new Promise((resolve) => (this.server === undefined ? resolve() : this.server.close(() => resolve())));
  }

  public named(name: string): ReceivedSpan {
    const found = this.spans.filter((span) => span.name === name);
    if (found.length !== 1) {
      throw new Error(`${found.length} spans are named ${name}, of ${this.spans.map((span) => span.name).join(", ")}`);
    }
    return found[0] as ReceivedSpan;
  }

  public of(metric: string): readonly ReceivedPoint[] {
    return this.points.filter((point) => point.metric === metric);
  }

  private take(path: string, bytes: Buffer): void {
    this.bytes.push(bytes);
    if (path === "/v1/traces") {
      const { resourceSpans }: Read = ExportTraceServiceRequest.toObject(
        ExportTraceServiceRequest.decode(bytes),
        SHAPE,
      );
      for (const { resource, scopeSpans } of resourceSpans) {
        for (const { spans } of scopeSpans)
          for (const span of spans) this.spans.push(spanOf(span, serviceOf(resource)));
      }
    } else if (path === "/v1/metrics") {
      const read: Read = ExportMetricsServiceRequest.toObject(ExportMetricsServiceRequest.decode(bytes), SHAPE);
      for (const { resource, scopeMetrics } of read.resourceMetrics) {
        for (const { metrics } of scopeMetrics) {
          for (const metric of metrics) this.points.push(...pointsOf(metric, serviceOf(resource)));
        }
      }
    } else throw new Error(`no collector takes ${path}`);
  }
}

function spanOf(span: Read, service: string | undefined): ReceivedSpan {
  const { name, kind, traceId, spanId, parentSpanId, links = [], attributes, status } = span;
  return {
    name,
    kind,
    traceId: hex(traceId),
    spanId: hex(spanId),
    parentSpanId: parentSpanId === undefined || parentSpanId.length === 0 ? undefined : hex(parentSpanId),
    links: links.map((link: Read) => `${hex(link.traceId)}-${hex(link.spanId)}`),
    service,
    isError: status?.code === 2,
    values: valuesOf(attributes),
  };
}

function pointsOf({ name, unit, sum, gauge, histogram }: Read, service: string | undefined): readonly ReceivedPoint[] {
  const { dataPoints, aggregationTemporality: temporality } = sum ?? gauge ?? histogram;
  return dataPoints.map((point: Read) => ({
    metric: name,
    unit,
    service,
    value: point.asDouble ?? point.asInt ?? point.sum,
    ...(point.max !== undefined && { max: point.max }),
    ...(temporality !== undefined && { temporality }),
    values: valuesOf(point.attributes),
  }));
}

function serviceOf(resource: Read): string | undefined {
  return valuesOf(resource?.attributes)["service.name"] as string | undefined;
}

function valuesOf(attributes: readonly Read[] = []): Values {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue ?? value.doubleValue]),
  );
}

function hex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString("hex");
}
