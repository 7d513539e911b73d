import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../spire/kube-client";
import { inPodOf } from "./ask-agent";
import type { OneNode } from "./one-node";

/** What came of a load: rounds that were answered as expected, and each request that was not */
export interface LoadResult {
  readonly rounds: number;
  /** Milliseconds */
  readonly slowest: number;
  /** A part of the answer's way took longer than its bound: on a machine that is too busy, that comes without anything that is done to pods. */
  readonly late: readonly string[];
  readonly wrong: readonly string[];
}

/** One request of a round. In path and body, `{run}` is the run that the first request of the round began. */
export interface LoadStep {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Status, and text that the answer has */
  readonly status: number;
  readonly saying: string;
}

/** Several clients beside the agent go through the steps again and again, each round with evidence of its own, until a file is there. */
const LOAD = `
const { existsSync, readFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const [file] = process.argv.slice(1);
const { steps, evidence, until } = JSON.parse(readFileSync(file, "utf8"));
const result = { rounds: 0, slowest: 0, late: [], wrong: [] };
const isLate = ([status, text]) => status === 503 && (text.includes("no answer within") || text.includes("store.unavailable"));

async function step({ path, headers, body, status, saying }, run, shown) {
  const filled = (text) => text.replaceAll("{run}", run).replaceAll("{evidence}", shown);
  const began = performance.now();
  const said = await fetch("http://127.0.0.1:7464" + filled(path), {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: filled(JSON.stringify(body)),
  }).then(
    async (response) => [response.status, await response.text()],
    (error) => [0, String(error.cause ?? error)],
  );
  result.slowest = Math.max(result.slowest, Math.round(performance.now() - began));
  if (said[0] !== status || !said[1].includes(saying)) {
    result[isLate(said) ? "late" : "wrong"].push(new Date().toISOString() + " " + path + ": " + said[0] + " " + said[1]);
    return undefined;
  }
  return JSON.parse(said[1]);
}

async function client() {
  while (!existsSync(until)) {
    const shown = evidence.pop();
    if (shown === undefined) throw new Error("there is no evidence left");
    let run = "";
    for (const one of steps) {
      const answer = await step(one, run, shown);
      if (answer === undefined) break;
      run ||= answer.run;
      if (one === steps.at(-1)) result.rounds++;
    }
    await sleep(300);
  }
}

Promise.all([client(), client()]).then(() => console.log(JSON.stringify(result)));
`;

/** Requests that go on while something else is done */
export class SteadyLoad {
  private constructor(
    private readonly folder: string,
    private readonly ended: Promise<LoadResult>,
  ) {}

  /** @param evidence as many as there may be rounds; `{evidence}` of a body is one of them */
  public static start(
    on: OneNode,
    pod: KubeObject,
    steps: readonly LoadStep[],
    evidence: readonly string[],
  ): SteadyLoad {
    const folder = join(on.folder, "load");
    mkdirSync(folder);
    const file = join(folder, "load.json");
    writeFileSync(file, JSON.stringify({ steps, evidence, until: join(folder, "end") }));
    const ended = inPodOf(on, pod, [process.execPath, "-e", LOAD, file]).then((text) => JSON.parse(text) as LoadResult);
    // Told where it is waited for.
    ended.catch(() => undefined);
    return new SteadyLoad(folder, ended);
  }

  /** End it, with what it has under way. */
  public async end(): Promise<LoadResult> {
    if (!existsSync(join(this.folder, "end"))) writeFileSync(join(this.folder, "end"), "");
    try {
      return await this.ended;
    } finally {
      rmSync(this.folder, { recursive: true });
    }
  }
}
