import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";

/** About as many bytes as the exchange is told of one call */
const QUESTION = JSON.stringify({ call: "c".repeat(1_500) });

/** One server that is asked over connections that are kept, with certificates on both sides; it answers with anything. */
export class Asked {
  private readonly agent: Agent;
  private readonly at: { readonly host: string; readonly port: number };

  /** @param text JSON of its host and port, and of paths of a certificate with its key, which both sides show */
  constructor(text: string) {
    const { host, port, cert, key } = JSON.parse(text) as AskedAt;
    this.at = { host, port };
    const own = readFileSync(cert);
    this.agent = new Agent({
      keepAlive: true,
      cert: own,
      key: readFileSync(key),
      ca: own,
      checkServerIdentity: () => undefined,
    });
  }

  public ask(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": QUESTION.length };
      const sent = request({ ...this.at, method: "POST", path: "/", headers, agent: this.agent }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (text += part));
        answer.once("end", () => resolve(JSON.parse(text)));
      });
      sent.once("error", reject);
      sent.end(QUESTION);
    });
  }
}

export interface AskedAt {
  readonly host: string;
  readonly port: number;
  /** Paths of PEM */
  readonly cert: string;
  readonly key: string;
}
