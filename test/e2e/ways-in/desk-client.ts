import type { Agent } from "node:https";
import type { UserAnswer } from "./caller";
import type { WaysInWorld } from "./ways-in-world";

/** What a user's client sends to the desk */
export interface DeskRequest {
  readonly user: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly evidence?: string;
}

/** What the desk got of a call out */
export interface CalledOut {
  readonly status: number;
  readonly codes: readonly string[];
}

/** What the desk saw of a request */
export interface Seen {
  readonly answer: UserAnswer;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const JSON_TYPE = { "content-type": "application/json" };
const WAITING_MILLISECONDS = 60_000;
const PAUSE_MILLISECONDS = 200;

export class DeskClient {
  constructor(
    private readonly at: WaysInWorld,
    private readonly connections?: Agent,
  ) {}

  public chat(
    { user, headers, evidence = this.at.evidence("tell", user) }: DeskRequest,
    say: unknown = {},
  ): Promise<UserAnswer> {
    const body = JSON.stringify(say);
    const sent = { method: "POST", path: "/chat", headers: { ...JSON_TYPE, ...headers }, evidence, body };
    return this.at.ask({ ...sent, ...this.kept });
  }

  /** @throws Error where the desk was not reached */
  public async seen(request: DeskRequest, say?: unknown): Promise<Seen> {
    const answer = await this.chat(request, say);
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
    return { answer, ...(JSON.parse(answer.text) as Pick<Seen, "body" | "headers">) };
  }

  /**
   * Have the desk post, in a run of its choice.
   *
   * @param query of the desk, which says by what it names the run
   * @param author the author that the post claims
   */
  public async post({ user, headers }: DeskRequest, query: string, text: string, author = user): Promise<CalledOut> {
    const evidence = this.at.evidence("tell", user);
    const body = JSON.stringify({ text, author });
    const sent = { method: "POST", path: `/posts${query}`, headers: { ...JSON_TYPE, ...headers }, evidence, body };
    return calledOut(await this.at.ask({ ...sent, ...this.kept }));
  }

  private get kept(): { readonly connections?: Agent } {
    return this.connections === undefined ? {} : { connections: this.connections };
  }

  public async record(user: string): Promise<CalledOut> {
    return calledOut(await this.at.ask({ path: "/records/7", evidence: this.at.evidence("work", user) }));
  }

  /** Until the name of the pods leads to this one */
  public async reaches(address: string, reference: (run: string, address: string) => string): Promise<void> {
    const deadline = performance.now() + WAITING_MILLISECONDS;
    for (;;) {
      const { status, headers } = await this.chat({ user: "waiting" });
      const sent = String(headers["ambit-run"]);
      if (status === 200 && sent === reference(sent.split(".")[0] as string, address)) return;
      if (performance.now() > deadline) throw new Error(`the pod at ${address} is not reached: ${status}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
  }
}

function calledOut({ status, text }: UserAnswer): CalledOut {
  if (status !== 200) throw new Error(`${status} ${text}`);
  const called = JSON.parse(text) as { readonly status: number; readonly text: string };
  const { reasons = [] } = (called.status === 200 ? {} : JSON.parse(called.text)) as {
    readonly reasons?: readonly { readonly code: string }[];
  };
  return { status: called.status, codes: reasons.map(({ code }) => code) };
}
