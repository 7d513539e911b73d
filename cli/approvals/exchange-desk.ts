import { readFileSync } from "node:fs";
import { request } from "node:https";
import type { ApprovalList, DecisionRequest, ListRequest } from "../../runtime/approval/desk";
import type { ShownApproval } from "../../runtime/approval/shown-approval";
import { identified } from "../../runtime/workload-api/peer";
import type { ExchangeServer } from "../exchange-server";
import { CliError, UsageError } from "../program";
import { printable } from "../terminal";

const ANSWER_MILLISECONDS = 15_000;
/** 100 requests in a list, or one with arguments of 64 KiB, in JSON that escapes much of them */
const ANSWER_BYTES = 1_048_576;

/** The exchange's endpoints for people */
export class ExchangeDesk {
  private readonly url: URL;
  private readonly ca: string | undefined;

  /** @throws UsageError */
  constructor(
    private readonly flags: ExchangeServer,
    private readonly token: string,
  ) {
    const { exchange = process.env.AMBIT_EXCHANGE ?? "", ca } = flags;
    if (!URL.canParse(exchange) || new URL(exchange).protocol !== "https:") {
      throw new UsageError(
        `--exchange must be the https address of the exchange, got "${exchange}": write it, or set AMBIT_EXCHANGE`,
      );
    }
    this.url = new URL(exchange);
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

  private sent(operation: string, body: string): Promise<{ readonly status: number; readonly text: string }> {
    const { spiffeId } = this.flags;
    const { ca, token } = this;
    return new Promise((resolve, reject) => {
      const asking = request(new URL(`/approvals/${operation}`, this.url), {
        method: "POST",
        agent: false,
        timeout: ANSWER_MILLISECONDS,
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        },
        minVersion: "TLSv1.3",
        ...(ca !== undefined && { ca }),
        ...identified("the exchange", spiffeId),
      });
      asking.once("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => {
          text += part;
          if (text.length > ANSWER_BYTES) answer.destroy(new Error("the answer is longer than any"));
        });
        answer.once("error", reject);
        answer.once("end", () => resolve({ status: answer.statusCode ?? 500, text }));
      });
      asking.once("timeout", () => asking.destroy(new Error(`no answer within ${ANSWER_MILLISECONDS} ms`)));
      asking.once("error", (error) => reject(new CliError(`the exchange cannot be reached: ${error.message}`)));
      asking.end(body);
    });
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
