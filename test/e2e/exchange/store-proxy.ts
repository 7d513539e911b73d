import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { freePort } from "../../../cli/dev/free-port";

/**
 * What happens to a request: it goes through; never arrives; arrives and its answer is lost; waits; is refused; is too
 * many; is in the way of another transaction
 */
export type Fate = "pass" | "lose-request" | "lose-answer" | "hold" | "refuse" | "throttle" | "conflict";

/** Stands before DynamoDB, or before KMS, and does to each transaction what it is told; other requests share the fate `others`. */
export class StoreProxy {
  public transactions = 0;
  public others: Fate = "pass";
  /** Asked with the number of the transaction, from 1 on, and what it says */
  public fate: (transaction: number, body: string) => Fate | Promise<Fate> = () => "pass";
  /** After the store has answered, and before its answer goes on: what the transaction said, and how it was answered */
  public answered: (transaction: number, body: string, status: number) => void | Promise<void> = () => undefined;
  private readonly held = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  public static async before(target: string): Promise<StoreProxy> {
    const server = createServer().listen(await freePort(), "127.0.0.1");
    await once(server, "listening");
    const proxy = new StoreProxy(server, target);
    server.on("request", (asked, answer) => void proxy.handled(asked, answer).catch(() => answer.destroy()));
    return proxy;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    for (const answer of this.held) answer.destroy();
    await this.goAway();
  }

  /** Closes its address. @returns what opens it again */
  public async goAway(): Promise<() => Promise<void>> {
    const { port } = this.server.address() as AddressInfo;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    return async () => void (await once(this.server.listen(port, "127.0.0.1"), "listening"));
  }

  private async handled(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    const isTransaction = asked.headers["x-amz-target"]?.toString().endsWith(".TransactWriteItems") === true;
    const transaction = isTransaction ? ++this.transactions : 0;
    const fate = isTransaction ? await this.fate(transaction, body.toString()) : this.others;
    if (fate === "lose-request") return void answer.destroy();
    if (fate === "hold") return void this.held.add(answer);
    if (fate === "refuse") return void answer.writeHead(500).end('{"__type":"InternalServerError"}');
    if (fate === "throttle") return void answer.writeHead(400).end('{"__type":"ThrottlingException"}');
    if (fate === "conflict") return void answer.writeHead(400).end(cancelled(body));
    const { status, headers, content } = await this.forwarded(asked, body);
    if (isTransaction) await this.answered(transaction, body.toString(), status);
    if (fate === "lose-answer") return void answer.destroy();
    answer.writeHead(status, headers).end(content);
  }

  private async forwarded(asked: IncomingMessage, body: Buffer) {
    const on = request(this.target, { method: asked.method, path: asked.url, headers: asked.headers, agent: false });
    on.end(body);
    const [from] = (await once(on, "response")) as [IncomingMessage];
    return { status: from.statusCode ?? 502, headers: from.headers, content: await buffer(from) };
  }
}

/** As DynamoDB says it: a reason for each part of the transaction */
function cancelled(body: Buffer): string {
  const { TransactItems: items } = JSON.parse(body.toString()) as { readonly TransactItems: readonly unknown[] };
  const reasons = items.map((_, index) => ({ Code: index === 0 ? "TransactionConflict" : "None" }));
  return JSON.stringify({
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    CancellationReasons: reasons,
  });
}
