import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import type { Caller } from "../../identity/caller";
import { inTime } from "../../in-time";
import { Refusal } from "../../refusal/refusal";
import { refusalOf } from "../../refusal/refusal-of";
import type { Registry } from "../../registry/registry";
import { readRun } from "../../session/runs";
import type { EpochState } from "../../session/stored";
import { Refusals } from "../../token/refusals";
import type { Form } from "../../token/token-answer";
import type { TokenReader } from "../../token/token-reader";
import type { TokenStanding } from "../../token/token-standing";
import { digestOf, type RefusedTxn, txnIssued, txnRefused } from "./events";
import { firstTxnToken, nextTxnToken, type TxnDraftProps } from "./txn-draft";
import type { TxnTokenReader } from "./txn-reader";
import { txnRequestOf } from "./txn-request";
import { transactionStands } from "./txn-standing";
import { TXN_TOKEN_URN, type TxnTokenClaims } from "./txn-token";

/** RFC 8693 section 2.2.1 */
export interface TxnTokenAnswer {
  readonly access_token: string;
  readonly issued_token_type: typeof TXN_TOKEN_URN;
  /** It is no access token. */
  readonly token_type: "N_A";
  /** Seconds */
  readonly expires_in: number;
  readonly scope: string;
}

export interface TransactionTokensProps {
  readonly trustDomain: string;
  /** SPIFFE IDs of those that may ask */
  readonly services: ReadonlySet<string>;
  readonly tokens: Pick<TokenReader, "examine">;
  readonly txnTokens: TxnTokenReader;
  readonly standing: Pick<TokenStanding, "stands">;
  /** Signs */
  readonly sign: (claims: TxnTokenClaims) => Promise<string>;
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Told of what went wrong; the service learns a code alone */
  readonly onFailure: (error: unknown) => void;
  /**
   * Milliseconds for which the signer is waited for.
   *
   * @default 3000
   */
  readonly signingMilliseconds?: number;
}

const SIGNING_MILLISECONDS = 3_000;

interface Drafted {
  readonly claims: TxnTokenClaims;
  /** Whether what it is made of still goes on, by the state of when it is asked */
  readonly stands: () => Promise<boolean>;
}

/** Issues transaction tokens to listed services, and replaces them: they say which agent acts for which user, in which task. */
export class TransactionTokens {
  private readonly refusals: Refusals;

  constructor(private readonly props: TransactionTokensProps) {
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  /**
   * @param caller by its X.509-SVID
   * @throws Refusal, and no other error
   */
  public async token(form: Form, caller: Caller): Promise<TxnTokenAnswer> {
    const known: RefusedTxn = { service: caller.spiffeId };
    try {
      return await this.issued(form, caller, known);
    } catch (error) {
      const refusal = refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      await this.refusals.record(txnRefused(known, refusal, this.props.clock()), refusal, caller);
      throw refusal;
    }
  }

  private async issued(form: Form, { proof }: Caller, known: RefusedTxn): Promise<TxnTokenAnswer> {
    const { service } = known;
    const { services, trustDomain, clock, sign, ledger, signingMilliseconds = SIGNING_MILLISECONDS } = this.props;
    if (!services.has(service)) throw Refusal.of("caller.not-listed");
    // A transaction token is not bound to a key: it is passed on.
    if (proof !== undefined) throw Refusal.of("request.malformed", "a transaction token is asked for without a proof");
    const request = txnRequestOf(form, service, trustDomain);
    const draft = { request, service, trustDomain, now: clock() };
    const { claims, stands } = await (request.kind === "first" ? this.first(draft) : this.next(draft));
    const token = await inTime(sign(claims), signingMilliseconds, () => Refusal.of("signer.unavailable"));
    await ledger.commit({ writes: [], event: txnIssued({ claims, token, request }) });
    known.token = digestOf(token);
    // Once more: a stop that was answered meanwhile holds for what is under way too.
    if (!(await stands())) throw Refusal.of("transaction.ended");
    return {
      access_token: token,
      issued_token_type: TXN_TOKEN_URN,
      token_type: "N_A",
      expires_in: claims.exp - claims.iat,
      scope: claims.scope,
    };
  }

  /** The state is read before the token, in both: the epoch says which keys are void. */
  private async first(draft: TxnDraftProps): Promise<Drafted> {
    const { tokens, standing } = this.props;
    const state = await this.props.state();
    const claims = good(await tokens.examine(draft.request.subjectToken, draft.now));
    const stands = () => standing.stands(claims);
    const found = (await stands()) ? await readRun(state, claims.run) : undefined;
    if (found === undefined) throw Refusal.of("transaction.ended");
    return { claims: firstTxnToken(claims, found.run, draft), stands };
  }

  private async next(draft: TxnDraftProps): Promise<Drafted> {
    const { txnTokens, registry, clock } = this.props;
    const state = await this.props.state();
    const claims = good(await txnTokens.examine(draft.request.subjectToken, draft.now));
    const standsIn = (now: EpochState) => transactionStands(claims, registry.current(), now, clock());
    if (!(await standsIn(state))) throw Refusal.of("transaction.ended");
    return { claims: nextTxnToken(claims, draft), stands: async () => standsIn(await this.props.state()) };
  }
}

function good<Claims extends object>(found: Claims | Parameters<typeof Refusal.of>[0]): Claims {
  if (typeof found === "string") throw Refusal.of(found);
  return found;
}
