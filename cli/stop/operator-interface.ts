import type { User } from "../../domain";
import { isRecord } from "../../domain/is-record";
import type { KillKind } from "../../domain/kill-order";
import { type Answered, send as sendIt, type Sent } from "../../runtime/kill-switch/send";
import type { Shown } from "../../runtime/exchange/operator/listed";
import type { Revoked } from "../../runtime/exchange/operator/orders";

export interface OperatorInterfaceProps {
  /** https address of the exchange, without a path */
  readonly address: string;
  /** PEM of its authority; undefined for what Node trusts */
  readonly ca: string | undefined;
  /** That it must show, in place of its host name; undefined for the host name */
  readonly spiffeId: string | undefined;
  /** Of a person of the platform's operators */
  readonly idToken: string;
  /** @default - over https */
  readonly send?: (sent: Sent) => Promise<Answered>;
}

/** The exchange answered that it will not. */
export class OrderRefused extends Error {
  public override readonly name = "OrderRefused";

  constructor(
    message: string,
    public readonly codes: readonly string[],
    /** Seconds after which it may be asked again, where waiting helps */
    public readonly retryAfter: number | undefined,
  ) {
    super(message);
  }
}

/** What is stopped or restored, and why */
export type StopOrder =
  | { readonly kind: KillKind; readonly id: string; readonly reason: string }
  | { readonly kind: "user"; readonly user: User; readonly reason: string };

const REVOCATIONS = "/operator/revocations";
const RESTORATIONS = "/operator/restorations";

/** The exchange, as operators ask it: docs/exchange.md, "The operator interface" */
export class OperatorInterface {
  constructor(private readonly props: OperatorInterfaceProps) {}

  /** @throws OrderRefused, Error where no answer came */
  public async revoke(order: StopOrder): Promise<Revoked> {
    const answer = await this.asked("POST", REVOCATIONS, order);
    if (typeof answer.revoked_at === "number" && isOf(answer, order)) return answer as unknown as Revoked;
    throw notOfExchange(`that ${order.kind} is stopped`);
  }

  /** @throws OrderRefused, Error where no answer came */
  public async restore(order: StopOrder): Promise<void> {
    const answer = await this.asked("POST", RESTORATIONS, order);
    if (answer.restored !== true || !isOf(answer, order)) throw notOfExchange(`that ${order.kind} may act again`);
  }

  /**
   * The stop of an agent; undefined where it is not stopped
   *
   * @throws OrderRefused, Error where no answer came
   */
  public async stopped(agent: string): Promise<Shown | undefined> {
    let after: string | undefined;
    do {
      const query = after === undefined ? "" : `&after=${after}`;
      const { revocations, next } = await this.asked("GET", `${REVOCATIONS}?kind=agent${query}`, undefined);
      if (!Array.isArray(revocations)) throw notOfExchange("what is stopped");
      const found = (revocations as readonly Shown[]).find(({ id }) => id === agent);
      if (found !== undefined) return found;
      after = next as string | undefined;
    } while (after !== undefined);
    return undefined;
  }

  private async asked(
    method: Sent["method"],
    path: string,
    order: object | undefined,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { address, ca, spiffeId, idToken, send = sendIt } = this.props;
    const headers = {
      authorization: `Bearer ${idToken}`,
      ...(order !== undefined && { "content-type": "application/json" }),
    };
    const body = order === undefined ? "" : JSON.stringify(order);
    const { status, text } = await send({ method, address: `${address}${path}`, headers, body, ca, spiffeId });
    const answer = jsonIn(text);
    if (status === 200) return answer;
    throw refusedBy(status, answer);
  }
}

/** Any server answers 200: only one that names what was ordered has done it. */
function isOf(answer: Readonly<Record<string, unknown>>, order: StopOrder): boolean {
  if (order.kind === "user") {
    const { user } = answer;
    const { issuer, subject } = order.user;
    return answer.kind === "user" && isRecord(user) && user.issuer === issuer && user.subject === subject;
  }
  // A chain is stopped as the run that began it, whose id only the exchange knows.
  if (order.kind === "chain") return answer.kind === "run" && typeof answer.id === "string";
  return answer.kind === order.kind && answer.id === order.id;
}

function notOfExchange(what: string): Error {
  return new Error(`the answer is 200 and does not say ${what}: look whether --exchange is the exchange's address`);
}

function refusedBy(status: number, answer: Readonly<Record<string, unknown>>): Error {
  const reasons = (Array.isArray(answer.reasons) ? answer.reasons : []).filter(isRecord);
  const said = reasons.map(({ code, what, fix }) => `${String(code)}: ${String(what)}: ${String(fix)}`).join("; ");
  const message = `the exchange answered ${status}${said === "" ? "" : `, ${said}`}`;
  if (status >= 500) return new Error(message);
  const { retry_after: after } = answer;
  return new OrderRefused(
    message,
    reasons.map(({ code }) => String(code)),
    typeof after === "number" ? after : undefined,
  );
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
