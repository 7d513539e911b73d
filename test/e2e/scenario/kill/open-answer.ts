import { ok } from "node:assert";
import type { OneNode } from "../../cluster/one-node";
import type { UserAsks } from "../../cluster/user";
import { type Server, serve } from "../../harness/server";
import { until } from "../../harness/until";

/** How an answer that streams ended for the user, in milliseconds since the epoch */
export interface AnswerEnd {
  /** When something of it came last */
  readonly last: number;
  readonly at: number;
  /** `whole` where it came to its end, else the error of its connection */
  readonly how: string;
}

/** Asks as a user does, and says when each part of the answer comes and how it ends. */
const LISTEN = `
const { address, port, authority, host, path, evidence, body } = JSON.parse(process.argv[1]);
const headers = { host, "content-type": "application/json", authorization: "Bearer " + evidence };
const options = { host: address, port, servername: host, ca: authority, method: "POST", path, headers };
let last = 0;
let over = false;
function ended(how) {
  if (!over) console.log("ended " + JSON.stringify({ last, at: Date.now(), how }));
  over = true;
}
const sent = require("node:https").request(options, (response) => {
  if (response.statusCode !== 200) return ended("status " + response.statusCode);
  response.on("data", () => {
    if (last === 0) console.log("begun");
    last = Date.now();
  });
  response.on("error", ({ code, message }) => ended(code ?? message)).on("end", () => ended("whole"));
});
sent.on("error", ({ code, message }) => ended(code ?? message));
sent.end(JSON.stringify(body));
`;

/** An answer of which something has come to the user, and that is still open */
export class OpenAnswer {
  private constructor(private readonly client: Server) {}

  /** @throws Error where nothing of it comes within a minute */
  public static async of(
    on: OneNode,
    [address, port]: readonly [address: string, port: number],
    asks: UserAsks,
  ): Promise<OpenAnswer> {
    const program = [process.execPath, "-e", LISTEN, JSON.stringify({ address, port, ...asks })];
    const [command, ...args] = on.namespaces.onNetwork(...program);
    const ready = (said: string): boolean => said.includes("begun");
    return new OpenAnswer(
      await serve({ name: "the user's client", command: command as string, args, ready, hopeless: /^ended/ }),
    );
  }

  public get isOpen(): boolean {
    return !this.client.said().includes("ended");
  }

  /** @throws Error where it is still open after so many seconds */
  public async end(seconds: number): Promise<AnswerEnd> {
    await until(() => !this.isOpen, seconds, "the user's answer is still open");
    const [, end] = /^ended (.*)$/m.exec(this.client.said()) ?? [];
    ok(end !== undefined, this.client.said());
    return JSON.parse(end) as AnswerEnd;
  }

  public stop(): Promise<void> {
    return this.client.kill();
  }
}
