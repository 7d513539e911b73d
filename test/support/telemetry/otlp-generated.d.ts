/** What protobufjs made of OpenTelemetry's own definitions, as the SDK shipped it then: it reads what today's SDK writes by hand. */
declare module "otlp-generated/build/src/generated/root" {
  interface Message {
    decode(bytes: Uint8Array): unknown;
    toObject(message: unknown, options: object): Record<string, unknown>;
  }
  export const opentelemetry: {
    proto: {
      collector: {
        trace: { v1: { ExportTraceServiceRequest: Message } };
        metrics: { v1: { ExportMetricsServiceRequest: Message } };
      };
    };
  };
}
