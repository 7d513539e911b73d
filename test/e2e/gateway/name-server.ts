import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

const A = 1;
const HEADER_BYTES = 12;
const SECONDS_TO_LIVE = 1;

/** A name service (RFC 1035) that says of each host what it was told to: addresses of IPv4, or that there is no such name */
export class NameServer {
  public readonly addresses = new Map<string, readonly string[]>();

  private constructor(private readonly socket: Socket) {}

  public static async start(): Promise<NameServer> {
    const server = new NameServer(createSocket("udp4"));
    server.socket.on("message", (question, from) => {
      server.socket.send(server.answer(question), from.port, from.address);
    });
    server.socket.bind(0, "127.0.0.1");
    await once(server.socket, "listening");
    return server;
  }

  public get port(): number {
    return (this.socket.address() as AddressInfo).port;
  }

  public stop(): void {
    this.socket.close();
  }

  private answer(question: Buffer): Buffer {
    const { name, end } = nameIn(question);
    const type = question.readUInt16BE(end);
    const addresses = this.addresses.get(name);
    const found = type === A ? (addresses ?? []) : [];
    const header = Buffer.alloc(HEADER_BYTES);
    question.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (addresses === undefined ? 3 : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(found.length, 6);
    const asked = question.subarray(HEADER_BYTES, end + 4);
    const head = Buffer.from([0xc0, HEADER_BYTES, 0, A, 0, 1, 0, 0, 0, SECONDS_TO_LIVE, 0, 4]);
    const records = found.flatMap((address) => [head, Buffer.from(address.split(".").map(Number))]);
    return Buffer.concat([header, asked, ...records]);
  }
}

function nameIn(question: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}
