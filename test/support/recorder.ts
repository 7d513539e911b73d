import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

export interface Asked {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** Answers each request once it has arrived whole, and remembers it with its body. */
export function recorder(answer: (response: ServerResponse, request: IncomingMessage) => void): {
  readonly listener: RequestListener;
  readonly asked: readonly Asked[];
} {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      asked.push({ request, body });
      answer(response, request);
    });
  };
  return { listener, asked };
}
