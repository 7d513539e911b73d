import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve, type Server } from "../harness/server";
import { type LambdaAnswer, eventOf, type LambdaRequest } from "../../support/exchange/lambda-events";

/** As long as Lambda gives it */
const ANSWER_SECONDS = 20;

export interface LambdaRuntimeProps {
  /** AWS's own runtime interface client */
  readonly client: string;
  /** With the bundle */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** The command that runs a script, with what comes before the script. @default this program's Node, without options */
  readonly node?: readonly [command: string, args: readonly string[]];
}

/** Stands for Lambda's runtime API (version 2018-06-01): hands one event at a time to the function, a process of its own. */
export class LambdaRuntime {
  private readonly events: string[] = [];
  private waiting: ServerResponse | undefined;
  private answered: ((answer: LambdaAnswer) => void) | undefined;
  private begun = NaN;
  private askedAt = NaN;
  private readonly server = createServer((request, response) => {
    if (request.url?.endsWith("/next")) {
      if (Number.isNaN(this.askedAt)) this.askedAt = this.age;
      this.waiting = response;
      this.hand();
      return;
    }
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      response.writeHead(202).end();
      this.answered?.(JSON.parse(Buffer.concat(parts).toString()));
    });
  });
  private process: Server | undefined;

  /** Milliseconds since the function's process was started */
  public get age(): number {
    return performance.now() - this.begun;
  }

  /** The age at which it asked for its first event, as it does when its module is loaded */
  public get loadedAt(): number {
    return this.askedAt;
  }

  public async start({ client, folder, env, node = [process.execPath, []] }: LambdaRuntimeProps): Promise<void> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    const { port } = this.server.address() as AddressInfo;
    const [command, args] = node;
    this.begun = performance.now();
    this.process = await serve({
      name: "the function",
      command,
      args: [...args, client, "main.handler"],
      cwd: folder,
      env: {
        ...env,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        // Without it the client is native code that would have to be built.
        AWS_LAMBDA_NODEJS_USE_ALTERNATIVE_CLIENT_1: "true",
      },
      ready: () => !Number.isNaN(this.askedAt),
    });
  }

  /** Before it is started, too: Lambda starts a function because there is an event. */
  public ask(request: LambdaRequest): Promise<LambdaAnswer> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`no answer within ${ANSWER_SECONDS} s: ${this.process?.said()}`));
      const timer = setTimeout(late, ANSWER_SECONDS * 1_000);
      this.answered = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.events.push(JSON.stringify(eventOf(request)));
      this.hand();
    });
  }

  public async stop(): Promise<void> {
    await this.process?.kill();
    this.server.closeAllConnections();
    this.server.close();
  }

  private hand(): void {
    const event = this.waiting === undefined ? undefined : this.events.shift();
    if (event === undefined) return;
    this.waiting?.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": `request-${performance.now()}`,
      "lambda-runtime-deadline-ms": `${Date.now() + 20_000}`,
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:111122223333:function:ambit-prod-exchange",
    });
    this.waiting?.end(event);
    this.waiting = undefined;
  }
}
