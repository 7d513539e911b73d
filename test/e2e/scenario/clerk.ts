import { deepStrictEqual as equal } from "node:assert";
import { askAgent } from "../cluster/ask-agent";
import type { Answer } from "../cluster/ask-companion";
import { callPayments, runOfClerk } from "../cluster/ask-tool";
import type { Login } from "../cluster/aws/login";
import { CLERK } from "../cluster/clerk-pods";
import { codesOf, dataOf } from "../cluster/codes-of";
import type { OneNode } from "../cluster/one-node";
import type { Tools } from "../cluster/tools/tools";
import type { KubeObject } from "../spire/kube-client";
import type { Refund } from "./refunds";

/** The agent `refund-clerk`, as its own code asks its companion */
export class Clerk {
  constructor(
    public readonly on: OneNode,
    public readonly pod: KubeObject,
    public readonly parts: { readonly login: Login; readonly tools: Tools },
  ) {}

  public run(task: "look" | "payout"): Promise<string> {
    return runOfClerk(this.on, this.pod, this.parts.login, task);
  }

  /** The agent looks at the order, which it must do before it may pay anything of it. */
  public async looks({ order }: Refund): Promise<void> {
    const [status, answer] = await this.calls(await this.run("look"), "find_order", { order });
    equal(status, 200, JSON.stringify(answer));
  }

  /** It asks for a payment. @returns the answer, and whose tokens such calls reached the tool with */
  public async pays(run: string, refund: Refund) {
    let answer: Answer = {};
    let status = 0;
    const arrived = await this.parts.tools.during(async () => {
      [status, answer] = await this.calls(run, "create_refund", refund);
    });
    const reached = arrived.map(({ headers: { authorization } }) => this.parts.login.gave(authorization));
    const data = dataOf(answer);
    const { access_request: request } = data as { readonly access_request?: { readonly id: string } };
    return { status, codes: codesOf(data), request, answer, reached };
  }

  /** No run of it begins, also for a user who has just logged in. */
  public async beginsNothing(): Promise<void> {
    const begin = { task: "look", start: "user", evidence: this.parts.login.token(CLERK.evidence) };
    const [status, answer] = await askAgent(this.on, this.pod, "POST", "/v1/runs", begin);
    equal([status, codesOf(answer)], [403, ["agent.revoked"]]);
  }

  private calls(run: string, tool: string, given: object) {
    return callPayments(this.on, this.pod, run, { tool, given });
  }
}
