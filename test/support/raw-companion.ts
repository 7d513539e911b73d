import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { STATUS_CODES } from "node:http";

/** One answer of a table: of HTTP, or how it fails to be one */
export type RawAnswer =
  | "announced"
  | "beheaded"
  | "closed"
  | "cut"
  | "flood"
  | "noise"
  | "silent"
  | "slow"
  | {
      readonly status: number;
      /** Leaves the connection open. */
      readonly kept?: true;
      readonly json?: unknown;
      readonly text?: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** `POST /path`, and the body where there was one */
export type RawAsked = readonly [line: string, body?: unknown];

const HEAD_END = "\r\n\r\n";
const MORE_THAN_4_MIB = 4 * 1024 * 1024 + 1;

/** Answers requests in the order of a table, one on each connection, to the byte. */
export class RawCompanion {
  public readonly asked: RawAsked[] = [];
  public url = "";
  private readonly open = new Set<Socket>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly server: Server = createServer((socket) => this.take(socket));

  constructor(private readonly answers: readonly RawAnswer[]) {}

  public async start(): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  public async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    for (const socket of this.open) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private take(socket: Socket): void {
    this.open.add(socket);
    socket.on("error", () => undefined).on("close", () => this.open.delete(socket));
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      const [head = "", body] = text.split(HEAD_END);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (body === undefined || Buffer.byteLength(body) < length) return;
      const [, method, path] = /^(\w+) (\S+) /.exec(head) ?? [];
      const line = `${method} ${path}`;
      this.asked.push(body === "" ? [line] : [line, JSON.parse(body)]);
      text = "";
      this.answer(socket, this.answers[this.asked.length - 1]);
    });
  }

  private answer(socket: Socket, answer: RawAnswer | undefined): void {
    if (answer === undefined || answer === "closed") return void socket.end();
    if (answer === "silent") return;
    if (answer === "noise") return void socket.end("SSH-2.0-OpenSSH_9.9\r\n");
    if (answer === "cut") return void socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 100${HEAD_END}{"run":`);
    if (answer === "beheaded") return void socket.end("HTTP/1.1 200 OK\r\ncontent-type: app");
    if (answer === "announced") return void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 4194305${HEAD_END}`);
    if (answer === "flood") return void socket.write(`HTTP/1.1 200 OK${HEAD_END}${" ".repeat(MORE_THAN_4_MIB)}`);
    if (answer === "slow") {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000${HEAD_END}`);
      this.timers.push(setInterval(() => socket.write(" "), 10));
      return;
    }
    const body = Buffer.from(answer.text ?? (answer.json === undefined ? "" : JSON.stringify(answer.json)));
    const headers = {
      ...answer.headers,
      "content-type": "application/json",
      connection: answer.kept ? "keep-alive" : "close",
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replace("{url}", this.url)}`);
    // RFC 9110, section 8.6: none of these two has a length.
    const length = answer.status === 204 || answer.status === 304 ? [] : [`content-length: ${body.length}`];
    const head = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, ...lines, ...length].join("\r\n");
    socket.write(Buffer.concat([Buffer.from(head + HEAD_END), body]));
    if (!answer.kept) socket.end();
  }
}
