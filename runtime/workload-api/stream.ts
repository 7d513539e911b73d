import { type ClientReadableStream, type ServiceError, status } from "@grpc/grpc-js";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Endpoint } from "./endpoint";

const BACK_OFF_MILLISECONDS = { first: 1_000, most: 30_000 } as const;

/** Why no updates arrive at the moment */
export interface Silence {
  /**
   * `denied`: this process has no identity (any more). `broken`: the state is unknown. `hopeless`: no other answer will
   * come.
   */
  readonly kind: "broken" | "denied" | "hopeless";
  readonly why: string;
}

export interface StreamOptions<Message> {
  /** Of the Workload API's socket */
  readonly path: string;
  readonly open: (endpoint: Endpoint) => ClientReadableStream<Message>;
  /** An error from it counts as a broken stream. */
  readonly heard: (message: Message) => void;
  readonly silent: (silence: Silence) => void;
  /**
   * Milliseconds before the stream is reopened: initially, doubled after each failure, and at most.
   *
   * @default - 1 s at first, 30 s at most
   */
  readonly backOff?: { readonly first: number; readonly most: number };
}

/** Listen until closed, reopening the stream whenever it ends. */
export function listen<Message>(options: StreamOptions<Message>): { close(): void } {
  const closing = new AbortController();
  void follow(options, closing.signal);
  return { close: () => closing.abort() };
}

async function follow<Message>(options: StreamOptions<Message>, closed: AbortSignal): Promise<void> {
  const { first, most } = options.backOff ?? BACK_OFF_MILLISECONDS;
  for (let wait = first; !closed.aborted;) {
    const { silence, heard } = await once(options, closed);
    if (closed.aborted) return;
    options.silent(silence);
    if (silence.kind === "hopeless") return;
    if (heard) wait = first;
    await sleep(wait, undefined, { signal: closed }).catch(() => undefined);
    wait = Math.min(wait * 2, most);
  }
}

/** One stream to its end */
function once<Message>(
  { path, open, heard }: StreamOptions<Message>,
  closed: AbortSignal,
): Promise<{ readonly silence: Silence; readonly heard: boolean }> {
  const endpoint = connect(path);
  return new Promise<{ silence: Silence; heard: boolean }>((resolve) => {
    const stream = open(endpoint);
    let any = false;
    const end = (silence: Silence): void => {
      closed.removeEventListener("abort", cancel);
      resolve({ silence, heard: any });
      stream.cancel();
    };
    const cancel = (): void => end({ kind: "broken", why: "it was closed" });
    closed.addEventListener("abort", cancel);
    stream.on("data", (message: Message) => {
      try {
        heard(message);
        any = true;
      } catch (error) {
        end({ kind: "broken", why: (error as Error).message });
      }
    });
    stream.on("error", (error: ServiceError) => end(silenceOf(error)));
    stream.on("end", () => end({ kind: "broken", why: "the Workload API ended the stream" }));
  }).finally(() => endpoint.close());
}

function silenceOf({ code, details }: ServiceError): Silence {
  if (code === status.PERMISSION_DENIED)
    return { kind: "denied", why: `there is no identity for this process: ${details}` };
  // The specification: a client that was told so does not try again.
  const kind = code === status.INVALID_ARGUMENT ? "hopeless" : "broken";
  return { kind, why: `the Workload API answers ${status[code] ?? code}: ${details}` };
}
