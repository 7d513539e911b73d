import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inPodOf } from "../cluster/ask-agent";
import type { Login } from "../cluster/aws/login";
import { CLERK } from "../cluster/clerk-pods";
import { MCP } from "../cluster/mcp-headers";
import type { OneNode } from "../cluster/one-node";
import type { KubeObject } from "../spire/kube-client";
import type { Attempt } from "./model";
import { WORKER } from "./worker";

const MOST_RUNS = 400;
/** Of one schedule: no two of them name the same order. */
const ORDERS = 10_000;
/** Of one refund */
const AMOUNT = 100;
/** Of one schedule: the budget of a day, 50 refunds of 5,000 together, is enough for all of them. */
export const MOST_REFUNDS = 2;

export interface WorkProps {
  readonly on: OneNode;
  /** Of the agent */
  readonly pod: KubeObject;
  readonly login: Login;
  /** Place of the schedule, from 1 */
  readonly place: number;
}

/** An agent at work, and what it has told so far */
export class Work {
  private constructor(
    private readonly folder: string,
    private readonly ended: Promise<string>,
  ) {}

  public static start({ on, pod, login, place }: WorkProps): Work {
    const folder = join(on.folder, `work-${place}`);
    mkdirSync(folder);
    const evidenceFor = (task: string) => Array.from({ length: MOST_RUNS }, () => login.token(CLERK.evidenceFor(task)));
    const given = {
      first: place * ORDERS,
      amount: AMOUNT,
      mostRefunds: MOST_REFUNDS,
      headers: MCP,
      evidence: { look: evidenceFor("look"), payout: evidenceFor("payout") },
      out: join(folder, "told"),
      until: join(folder, "end"),
    };
    writeFileSync(given.out, "");
    const file = join(folder, "work.json");
    writeFileSync(file, JSON.stringify(given));
    const ended = inPodOf(on, pod, [process.execPath, "-e", WORKER, file]);
    // Told where it is waited for.
    ended.catch(() => undefined);
    return new Work(folder, ended);
  }

  /** Each request that was answered, or was given up, the oldest first */
  public attempts(): readonly Attempt[] {
    const whole = readFileSync(join(this.folder, "told"), "utf8").split("\n").slice(0, -1);
    return whole.map((line) => JSON.parse(line) as Attempt);
  }

  /** End it, with what it has under way. */
  public async end(): Promise<readonly Attempt[]> {
    if (!existsSync(join(this.folder, "end"))) writeFileSync(join(this.folder, "end"), "");
    try {
      await this.ended;
      return this.attempts();
    } finally {
      rmSync(this.folder, { recursive: true });
    }
  }
}
