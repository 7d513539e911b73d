import { inPodOf } from "../../cluster/ask-agent";
import type { OneNode } from "../../cluster/one-node";
import type { KubeObject } from "../../spire/kube-client";

/** A request of the agent's own code to its companion */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** How it went until it was refused */
export interface Watched {
  /** How often it was answered before */
  readonly allowed: number;
  /** When it was refused or ended, in milliseconds since the epoch */
  readonly at: number;
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request again and again until it is refused, and another one once, which stays open until it ends. What a busy
 * machine answers too late (503) is no refusal.
 */
const WATCH = `
const { setTimeout: sleep } = require("node:timers/promises");
const { again, open, within } = JSON.parse(process.argv[1]);
const over = Date.now() + within * 1000;

function send({ path, headers, body }) {
  return fetch("http://127.0.0.1:7464" + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(over - Date.now()),
  }).then(
    async (response) => ({ status: response.status, text: await response.text(), at: Date.now() }),
    (error) => ({ status: 0, text: String(error.cause ?? error), at: Date.now() }),
  );
}

async function untilRefused() {
  for (let allowed = 0; ; await sleep(300)) {
    const answer = await send(again);
    if (answer.status === 200) allowed++;
    if ((answer.status !== 200 && answer.status !== 503) || Date.now() > over) return { allowed, ...answer };
  }
}

Promise.all([untilRefused(), send(open)]).then((both) => console.log(JSON.stringify(both)));
`;

/** @param within seconds, after which both are given up */
export async function watched(
  on: OneNode,
  pod: KubeObject,
  sent: { readonly again: Sent; readonly open: Sent; readonly within: number },
): Promise<readonly [again: Watched, open: Watched]> {
  const said = await inPodOf(on, pod, [process.execPath, "-e", WATCH, JSON.stringify(sent)]);
  return JSON.parse(said) as [Watched, Watched];
}
