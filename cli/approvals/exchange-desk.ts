import { readFileSync } from "node:fs";
import type { ApprovalList, DecisionRequest, ListRequest } from "../../runtime/approval/desk";
import type { ShownApproval } from "../../runtime/approval/shown-approval";
import { type Answered, send } from "../../runtime/workload-api/https-send";
import { exchangeAddress, type ExchangeServer } from "../exchange-server";
import { CliError } from "../program";
import { printable } from "../terminal";

const ANSWER_MILLISECONDS = 15_000;

/** The exchange's endpoints for people */
export class ExchangeDesk {
  private readonly url: URL;
  private readonly ca: string | undefined;

  /** @throws UsageError */
  constructor(
    private readonly flags: ExchangeServer,
    private readonly token: string,
  ) {
    const { ca } = flags;
    this.url = exchangeAddress(flags);
    this.ca = ca === undefined ? undefined : readFileSync(ca, "utf8");
  }

  public async list(asked: ListRequest): Promise<ApprovalList> {
    return (await this.post("list", asked)) as ApprovalList;
  }

  public async show(id: string): Promise<ShownApproval> {
    return (await this.post("show", { id })) as ShownApproval;
  }

  public async decide(id: string, decision: DecisionRequest): Promise<ShownApproval> {
    return (await this.post("decide", { id, ...decision })) as ShownApproval;
  }

  private async post(operation: string, body: object): Promise<unknown> {
    const { status, text } = await this.sent(operation, JSON.stringify(body));
    const answer = parsed(text);
    if (status === 200) return answer;
    const { reasons } = (answer ?? {}) as { readonly reasons?: readonly Reason[] };
    const said = (Array.isArray(reasons) ? reasons : []).map(
      (reason: Reason) => `${reason.what}: ${reason.fix} [${reason.code}]`,
    );
    throw new CliError(printable(said.join("; ") || `the exchange answered ${status}: look at its log`));
  }

  private async sent(operation: string, body: string): Promise<Answered> {
    const { spiffeId } = this.flags;
    const { ca, token } = this;
    try {
      return await send({
        method: "POST",
        address: new URL(`/approvals/${operation}`, this.url).href,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body,
        ca,
        spiffeId,
        peer: "the exchange",
        milliseconds: ANSWER_MILLISECONDS,
        minVersion: "TLSv1.3",
      });
    } catch (error) {
      throw new CliError(`the exchange cannot be reached: ${(error as Error).message}`);
    }
  }
}

interface Reason {
  readonly code: string;
  readonly what: string;
  readonly fix: string;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliError("the exchange's answer is no JSON: look whether --exchange is its address");
  }
}
