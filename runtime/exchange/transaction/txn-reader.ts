import { examineOwn, type OwnKind, type OwnTokensProps, type TokenProblem } from "../../token/own-jwt";
import { TXN_TOKEN_TYPE, type TxnTokenClaims, txnTokenClaims } from "./txn-token";

export interface TxnTokenReaderProps extends OwnTokensProps {
  /** The only audience */
  readonly trustDomain: string;
}

const TXN_TOKEN: OwnKind<TxnTokenClaims> = { type: TXN_TOKEN_TYPE, claimsOf: txnTokenClaims };

/** Verifies transaction tokens that the exchange has issued, and no others of its tokens. */
export class TxnTokenReader {
  constructor(private readonly props: TxnTokenReaderProps) {}

  /**
   * The claims, or the first thing that is wrong
   *
   * @param now whole seconds since the epoch
   */
  public async examine(token: string, now: number): Promise<TxnTokenClaims | TokenProblem> {
    const found = await examineOwn(token, now, this.props, TXN_TOKEN);
    return typeof found === "string" || found.aud === this.props.trustDomain ? found : "evidence.audience";
  }
}
