import { isDeepStrictEqual } from "node:util";
import type { User } from "../../domain";
import { isRecord } from "../../domain/is-record";
import { answerIn, namesOrdered } from "../../runtime/kill-switch/operator-answer";
import { type Answered, send as sendIt, type Sent } from "../../runtime/workload-api/https-send";
import type { Erased } from "../../runtime/exchange/operator/erasures";
import type { Shown } from "../../runtime/exchange/operator/listed";
import type { Revoked } from "../../runtime/exchange/operator/orders";
import { userDigest } from "../../runtime/store/user-digest";
import type { Target } from "./target";

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

/** What is stopped, and why */
export type StopOrder = Target & { readonly reason: string };

/** What is restored, and why */
export type Restoration = StopOrder & {
  /** Of the listed stop; left out if the list has none */
  readonly last_ordered_at?: number;
};

const REVOCATIONS = "/operator/revocations";
const RESTORATIONS = "/operator/restorations";
const ERASURES = "/operator/erasures";

/** The exchange, as operators ask it: docs/exchange.md, "The operator interface" */
export class OperatorInterface {
  constructor(private readonly props: OperatorInterfaceProps) {}

  /** @throws OrderRefused, Error if no answer came */
  public async revoke(order: StopOrder): Promise<Revoked> {
    const answer = await this.asked("POST", REVOCATIONS, order);
    if (typeof answer.revoked_at === "number" && namesOrdered(answer, order)) return answer as unknown as Revoked;
    throw notOfExchange(`that ${order.kind} is stopped`);
  }

  /** @throws OrderRefused, Error if no answer came */
  public async restore(order: Restoration): Promise<void> {
    const answer = await this.asked("POST", RESTORATIONS, order);
    if (answer.restored !== true || !namesOrdered(answer, order))
      throw notOfExchange(`that ${order.kind} may act again`);
  }

  /** @throws OrderRefused, Error if no answer came */
  public async erase(order: { readonly user: User; readonly reason: string }): Promise<Erased> {
    const answer = await this.asked("POST", ERASURES, order);
    const { erased, pseudonym, effective_at } = answer;
    if (erased !== true || typeof pseudonym !== "string" || typeof effective_at !== "number") {
      throw notOfExchange("that the person is erased");
    }
    return { erased, pseudonym, effective_at };
  }

  /**
   * The stop as it is listed; undefined if it is not stopped
   *
   * @throws OrderRefused, Error if no answer came
   */
  public async stopped(target: Target): Promise<Shown | undefined> {
    let after: string | undefined;
    // The list does not name a user who was erased.
    const user = target.kind === "user" ? `&digest=${userDigest(target.user)}` : "";
    do {
      const query = after === undefined ? user : `&after=${after}`;
      const { revocations, next } = await this.asked("GET", `${REVOCATIONS}?kind=${target.kind}${query}`, undefined);
      if (!Array.isArray(revocations)) throw notOfExchange("what is stopped");
      const found = (revocations as readonly Shown[]).find((each) => isStopOf(each, target));
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
    const answer = answerIn(text);
    if (status === 200) return answer;
    throw refusedBy(status, answer);
  }
}

/** A stop of an earlier version keeps no name of its user, and an exchange of one tells no digest. */
function isStopOf({ id, user, digest }: Shown, target: Target): boolean {
  if (target.kind !== "user") return id === target.id;
  return isDeepStrictEqual(user, target.user) || digest === userDigest(target.user);
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
