import { type Client, type ClientWritableStream, credentials, makeClientConstructor } from "@grpc/grpc-js";
import { CALL_KEY, METADATA } from "../../../runtime/authorizer/envoy/call-id";
import {
  ACCESS_LOG,
  type AccessLogMessage,
  AUTHORIZATION,
  type CheckRequest,
  type CheckResponse,
} from "../../../runtime/authorizer/envoy/protocol";

/** For the authorizer's decision, as Envoy waits for it */
const DECISION_MILLISECONDS = 10_000;

interface Asking extends Client {
  Check(
    request: CheckRequest,
    options: { readonly deadline: number },
    done: (error: Error | null, answer: CheckResponse) => void,
  ): void;
}
interface Telling extends Client {
  StreamAccessLogs(done: (error: Error | null) => void): ClientWritableStream<object>;
}

/** How a call ended, as Envoy's access log says it */
export interface Ended {
  readonly call: string;
  /** 0 if there was no answer */
  readonly status: number;
  readonly cut: Cut;
}

/** Why a call was cut, and by which side; undefined if it was not */
export type Cut =
  "downstream_connection_termination" | "upstream_connection_failure" | "upstream_connection_termination" | undefined;

/** Asks the authorizer as Envoy does, at the same socket */
export class AuthorizerClient {
  private readonly asking: Asking;
  private readonly telling: Telling;
  private stream: ClientWritableStream<object> | undefined;

  /** @param socket path */
  constructor(socket: string) {
    const made = (service: typeof AUTHORIZATION): unknown =>
      new (makeClientConstructor(service, "authorizer"))(`unix:${socket}`, credentials.createInsecure());
    this.asking = made(AUTHORIZATION) as Asking;
    this.telling = made(ACCESS_LOG) as Telling;
  }

  /** @throws Error if there is no answer in time */
  public check(request: CheckRequest): Promise<CheckResponse> {
    return new Promise((resolve, reject) => {
      this.asking.Check(request, { deadline: Date.now() + DECISION_MILLISECONDS }, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      );
    });
  }

  public ended({ call, status, cut }: Ended): void {
    this.stream ??= this.opened();
    const message: AccessLogMessage = {
      http_logs: {
        log_entry: [
          {
            common_properties: {
              response_flags: cut === undefined ? null : { [cut]: true },
              metadata: { filter_metadata: { [METADATA]: { fields: { [CALL_KEY]: { stringValue: call } } } } },
            },
            response: { response_code: { value: status }, response_code_details: "" },
          },
        ],
      },
    };
    this.stream.write(message);
  }

  public close(): void {
    this.stream?.end();
    this.asking.close();
    this.telling.close();
  }

  /** What is not told is unknown after a while, as the authorizer counts. */
  private opened(): ClientWritableStream<object> {
    const stream = this.telling.StreamAccessLogs(() => undefined);
    const over = (): void => {
      if (this.stream === stream) this.stream = undefined;
    };
    stream.on("error", over).on("close", over);
    return stream;
  }
}
