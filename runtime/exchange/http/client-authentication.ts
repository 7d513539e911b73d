import type { Clock } from "../../clock";
import { type Caller, type Confirmation } from "../../identity/caller";
import { type DpopProof, verifyDpop } from "../../identity/dpop";
import type { JwtSvidVerifier } from "../../identity/jwt-svid";
import { Refusal } from "../../refusal/refusal";
import type { Form } from "../../token/token-answer";
import { only } from "./body";
import type { ClientAuthentication, Connection } from "./parts";
import type { Peers } from "./peer-svids";

const JWT_SVID_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

export interface SvidAuthenticationProps {
  /** The exchange's own https origin: what a proof is for */
  readonly issuer: string;
  readonly peers: Peers;
  readonly jwtSvids: JwtSvidVerifier;
  readonly clock: Clock;
}

/**
 * Authenticates clients by X.509-SVID, JWT-SVID or both. It does not consult the fleet, so it reveals nothing about it.
 */
export class SvidAuthentication implements ClientAuthentication {
  constructor(private readonly props: SvidAuthenticationProps) {}

  public async client(request: Request, connection: Connection, form: Form | undefined): Promise<Caller> {
    const svid = this.props.peers.of(connection);
    const sent = form === undefined ? NOTHING_SENT : credentialsOf(form);
    const assertion =
      sent.assertion === undefined ? undefined : await this.props.jwtSvids.verify(sent.assertion, this.props.clock());
    const named = [svid?.spiffeId, assertion?.spiffeId, sent.clientId].filter((id) => id !== undefined);
    const [spiffeId] = named;
    if (spiffeId === undefined || (svid === undefined && assertion === undefined)) throw unauthenticated("no SVID");
    if (named.some((id) => id !== spiffeId)) throw unauthenticated("SVIDs and client_id must name one workload");
    const proof = await this.proof(request);
    return { spiffeId, proof, confirmation: confirmationOf(svid?.thumbprint, proof) };
  }

  public service(connection: Connection): string {
    const svid = this.props.peers.of(connection);
    if (svid === undefined) throw unauthenticated("no X.509-SVID");
    return svid.spiffeId;
  }

  private async proof(request: Request): Promise<DpopProof | undefined> {
    const proof = request.headers.get("dpop");
    if (proof === null) return undefined;
    const { issuer, clock } = this.props;
    return verifyDpop(proof, { method: request.method, url: addressOf(issuer, request), now: clock() });
  }
}

/** From the configuration, independent of the `Host` header. */
export function addressOf(issuer: string, request: Request): string {
  return `${issuer}${new URL(request.url).pathname}`;
}

/** A proof goes before the certificate: its key is the client's, where the certificate may be a companion's. */
function confirmationOf(thumbprint: string | undefined, proof: DpopProof | undefined): Confirmation | undefined {
  if (proof !== undefined) return { jkt: proof.jkt };
  return thumbprint === undefined ? undefined : { "x5t#S256": thumbprint };
}

interface SentCredentials {
  readonly assertion: string | undefined;
  readonly clientId: string | undefined;
}

const NOTHING_SENT: SentCredentials = { assertion: undefined, clientId: undefined };

function credentialsOf(form: Form): SentCredentials {
  try {
    const [assertion, type] = [only(form, "client_assertion"), only(form, "client_assertion_type")];
    if ((assertion === undefined) !== (type === undefined) || (type !== undefined && type !== JWT_SVID_TYPE)) {
      throw new Error(`client_assertion must be of type ${JWT_SVID_TYPE}`);
    }
    return { assertion, clientId: only(form, "client_id") };
  } catch (error) {
    throw Refusal.of("client.unauthenticated", undefined, { cause: error });
  }
}

/** What is wrong goes into the log, never into the answer. */
function unauthenticated(detail: string): Refusal {
  return Refusal.of("client.unauthenticated", undefined, { cause: new Error(detail) });
}
