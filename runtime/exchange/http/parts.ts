import type { CallsAnswer } from "../../state/calls";
import type { StateOperationName } from "../../state/named-operations";
import type { Handler } from "hono";
import type { ApprovalDesk } from "../../approval/desk";
import type { Caller } from "../../identity/caller";
import type { Log } from "../../log";
import type { AuthenticatedPerson } from "../../people/person";
import type { AccessTokenClaims } from "../../token/access-token";
import type { AccessRequests } from "../access-requests/access-requests";
import type { OperatorOf } from "../operator/authentication";
import type { Erasures } from "../operator/erasures";
import type { RefusedOrders } from "../operator/refused-orders";
import type { Orders } from "../operator/orders";
import type { Form, MessageService, RunService, TokenService } from "../../token/token-answer";

/** What is known of the connection that a request came over */
export interface Connection {
  /** DER of the certificates that the peer sent, its own first; empty if it sent none */
  readonly certificates: readonly Uint8Array[];
}

/** Set by the server; none of it comes from a request. */
export interface Environment {
  Bindings: {
    readonly connection: Connection;
    /**
     * Marks the client as authenticated if the answer does not show it: the connection is then dropped later than
     * unauthenticated ones.
     */
    readonly proven?: () => void;
  };
}

export type Endpoint = Handler<Environment>;

/** What a server hands requests to */
export interface Served {
  fetch(request: Request, environment: Environment["Bindings"]): Promise<Response> | Response;
}

/** Authenticates clients. All failures give the same refusal. */
export interface ClientAuthentication {
  /**
   * @param form undefined if the body is not one: then only the certificate counts
   * @throws Refusal `client.unauthenticated`, and for an authenticated client `dpop.invalid`
   */
  client(request: Request, connection: Connection, form: Form | undefined): Promise<Caller>;
  /**
   * By X.509-SVID alone, without a proof
   *
   * @throws Refusal `client.unauthenticated`
   */
  service(connection: Connection): string;
}

/** A token in `Authorization`, bound as its `cnf` says */
export interface TokenAuthentication {
  /** @throws Refusal `token.invalid`, `token.session-ended`, `dpop.invalid`, `dpop.replayed` */
  holder(request: Request, connection: Connection, audience: string): Promise<AccessTokenClaims>;
}

export interface Introspection {
  /** RFC 7662 section 2.2: `{active: false}` for tokens that are not active or not this client's to see */
  introspect(token: string, client: string): Promise<Readonly<Record<string, unknown>>>;
}

export interface RevocationEndpoint {
  /**
   * RFC 7009: revoking an unknown token succeeds.
   *
   * @throws Refusal if it was issued to another agent
   */
  revoke(token: string, client: string): Promise<void>;
}

/** `POST /token` where a transaction token is asked for, by X.509-SVID */
export interface TransactionTokenService {
  /** @throws Refusal, and no other error */
  token(form: Form, caller: Caller): Promise<unknown>;
}

/** The state interface, for the authorizer; each takes and gives JSON */
export type StateOperation = (body: unknown, service: string) => Promise<unknown>;

/** For people of the platform's operators, and for the kill switch */
export interface OperatorParts {
  /**
   * Authenticates the sender of a request with this body, empty if there is none. Throws Refusal
   * `operator.unauthenticated`.
   */
  readonly operator: OperatorOf;
  /** Each takes and gives JSON. */
  readonly orders: Pick<Orders, "list" | "restore" | "revoke">;
  readonly erasures: Pick<Erasures, "erase">;
  readonly refusals: Pick<RefusedOrders, "record">;
}

export interface ExchangeParts {
  /** https origin */
  readonly issuer: string;
  readonly tokens: TokenService;
  readonly runs: RunService;
  readonly messages: MessageService;
  readonly clients: ClientAuthentication;
  readonly introspection: Introspection;
  readonly revocation: RevocationEndpoint;
  /** Undefined if no AWS credentials are issued */
  readonly aws:
    | {
        readonly tokens: TokenAuthentication;
        readonly broker: { credentials(claims: AccessTokenClaims): Promise<unknown> };
      }
    | undefined;
  readonly state: {
    readonly services: ReadonlySet<string>;
    readonly operations: Readonly<Record<StateOperationName, StateOperation>>;
    /** Many calls in one round trip, each answered for itself */
    readonly calls: { calls(body: unknown, service: string): Promise<CallsAnswer> };
  };
  /** What gateway and companions refused by themselves, put on record */
  readonly refusals: {
    /** @throws Refusal `agent.unknown`, `request.malformed`; StoreUnavailable */
    told(body: unknown, sender: string): Promise<{ readonly untold: readonly number[] }>;
  };
  /** People list, read and decide what agents ask for */
  readonly approvals: {
    /** @throws Refusal `person.evidence` and others */
    readonly people: { of(token: string): Promise<AuthenticatedPerson> };
    readonly desk: Pick<ApprovalDesk, "decide" | "list" | "show">;
  };
  /** Agents follow what people are asked about their calls */
  readonly accessRequests: Pick<AccessRequests, "cancel" | "status" | "submit">;
  readonly operators: OperatorParts;
  /** Transaction tokens */
  readonly transactions: TransactionTokenService;
  /** What tools are called with */
  readonly outbound: {
    readonly services: ReadonlySet<string>;
    readonly credentials: {
      /** @throws Refusal, and no other error */
      credential(token: string, service: string): Promise<unknown>;
    };
  };
  /** Public keys that tokens are signed with */
  jwks(): Promise<unknown>;
  /** Names of the parts that are not ready */
  unready(): Promise<readonly string[]>;
  /** Issuers of users whose security events have not been fetched for some minutes; empty if none are fetched */
  silent?(): readonly string[];
  readonly log: Log;
}
