import { POLICY_VERSION, type PolicyDocument } from "../../../domain";
import type { ApproverNotices } from "../../approval/approver-notices";
import { ApprovalDesk } from "../../approval/desk";
import type { Act, Ledger } from "../../audit/audit";
import type { Backlog } from "../../audit/backlog";
import { AuditLedger } from "../../audit/ledger";
import { AwsBroker } from "../../aws/broker";
import { readText } from "../../checked-config";
import type { Clock } from "../../clock";
import { CedarEngine } from "../../decision/cedar/cedar-engine";
import { JwtSvidVerifier } from "../../identity/jwt-svid";
import { httpsGet } from "../../jose/https-get";
import { RemoteKeys } from "../../jose/remote-keys";
import { type Log, told } from "../../log";
import { IdTokens } from "../../people/id-tokens";
import type { Registry } from "../../registry/registry";
import { readRun } from "../../session/runs";
import type { KeySet } from "../../signer/key-set";
import { Calls } from "../../state/calls";
import { namedOperations } from "../../state/named-operations";
import { State, type StateProps } from "../../state/state";
import type { PersonKeys } from "../../store/persons/person-keys";
import type { StateStore } from "../../store/store";
import { RememberedTokens } from "../../token/remembered-tokens";
import { TokenReader } from "../../token/token-reader";
import { TokenStanding } from "../../token/token-standing";
import { TokenWriter } from "../../token/token-writer";
import { AccessRequests } from "../access-requests/access-requests";
import type { CommonConfig } from "../config";
import { Exchange } from "../exchange";
import { SvidAuthentication } from "../http/client-authentication";
import type { ExchangeParts } from "../http/parts";
import type { Peers } from "../http/peer-svids";
import { BoundTokens } from "../http/token-holder";
import { Introspection } from "../introspection";
import { operatorOf } from "../operator/authentication";
import { Erasures } from "../operator/erasures";
import { RefusedOrders } from "../operator/refused-orders";
import { Orders } from "../operator/orders";
import { FleetDecider } from "../../token/fleet-decider";
import { Revocation } from "../revocation-endpoint";
import { issuerKeys } from "../../outside/issuer-keys";
import type { KeysOf } from "../../outside/outside-token";
import { StartEvidenceVerifier } from "../start-evidence";
import { Messages } from "../messages/messages";
import { ToldRefusals } from "../refusals/told-refusals";
import { hopParts } from "./hop-parts";
import { readiness } from "./readiness";
import { sharedFor } from "./shared-answer";
import { stateOf } from "./state-store";

/** How long published keys are cached without checking again which are void: the endpoint is public. */
const JWKS_MILLISECONDS = 1_000;
/** Of Cedar: more than users ask at once, in some ten megabytes */
const MOST_ANSWERS = 8_192;

/** What lasts as long as the process */
export interface Resources {
  readonly peers: Peers;
  /** Whether clients' certificates can be verified */
  readonly identity: { readonly isReady: boolean };
  readonly keys: KeySet;
  readonly store: StateStore;
  readonly persons: PersonKeys;
  readonly registry: Registry;
  /** Told of each act once it is written */
  readonly onAct?: ((act: Act) => void) | undefined;
  /** Told of each call that shows an approval again, or one of another request */
  readonly onReplay?: StateProps["onReplay"];
  /** Records that are written but not in the log yet; not counted if left out */
  readonly backlog?: Backlog | undefined;
  /** Tell people of requests */
  readonly notices: ApproverNotices;
  /** Id of the trace of the request under way, which records have */
  readonly trace?: (() => string | undefined) | undefined;
}

/** Milliseconds from any beginning, that never go back; the process's own where it is left out */
type Elapsed = (() => number) | undefined;

/** Shared with what runs beside the app: one writer of records, and keys of each issuer that are fetched once */
export interface CommonParts {
  readonly ledger: Ledger;
  /** Name of this process among those that write records */
  readonly writer: string;
  readonly keysOf: KeysOf;
}

/** Everything that the app is made of, as the configuration says. */
export async function partsOf(
  config: CommonConfig,
  { peers, identity, keys, store, persons, registry, onAct, onReplay, backlog, notices, trace }: Resources,
  log: Log,
  clock: Clock,
  elapsed?: Elapsed,
): Promise<CommonParts & ExchangeParts> {
  const { issuer, trustDomain, services } = config;
  const state = stateOf(store, keys);
  const onFailure = (error: unknown): void => log("exchange.failed", { because: told(error) });
  const records = new AuditLedger({ store, clock, persons, ...(backlog && { backlog }), ...(trace && { trace }) });
  const ledger = watched(records, onAct);
  const tokens = new TokenReader({ issuer, keys });
  const engine = new CedarEngine({ policy: emptyPolicy(trustDomain), revision: 0, remembered: MOST_ANSWERS });
  const decider = new FleetDecider(engine, onFailure);
  const keysOf = userKeys(config, elapsed);
  const people = new IdTokens({ registry, keysOf, state, clock });
  const evidence = new StartEvidenceVerifier({
    issuer,
    keysOf,
    tokens,
    runs: { read: async (run) => (await readRun(await state(), run))?.run },
    signalling: new Set(config.signals?.map(({ issuer: name }) => name)),
  });
  const shared = { registry, state, ledger, clock };
  const remembered = new RememberedTokens(tokens);
  const writer = rememberedBy(remembered, new TokenWriter(keys), clock);
  const exchange = new Exchange({ issuer, evidence, decider, tokens: writer, onFailure, ...shared });
  const standing = new TokenStanding(shared);
  const stateInterface = new State({ ...shared, notices, onReplay });
  const hops = await hopParts(config, { keys, tokens, standing, onFailure, ...shared });
  const calls = new Calls({
    state: stateInterface,
    tokens: remembered,
    credentials: hops.outbound.credentials,
    registry,
    clock,
  });
  const sts = await stsOf(config.aws);
  return {
    issuer,
    tokens: exchange,
    runs: exchange,
    messages: new Messages({ decider, store, onFailure, ...shared }),
    clients: new SvidAuthentication({
      issuer,
      peers,
      jwtSvids: new JwtSvidVerifier({ keys: svidKeys(config, elapsed), trustDomain, audience: issuer }),
      clock,
    }),
    introspection: new Introspection({ tokens, standing, services: new Set(services.introspect), clock }),
    revocation: new Revocation({ tokens, state, ledger, clock }),
    operators: {
      operator: operatorOf({ issuer, registry, people, clock }),
      refusals: new RefusedOrders(ledger, clock, onFailure),
      erasures: new Erasures({ persons, state, ledger, clock }),
      orders: new Orders({ state: async () => ({ ...(await state()), store }), registry, ledger, clock }),
    },
    aws: sts && {
      tokens: new BoundTokens({ issuer, peers, tokens, state, ledger, clock }),
      broker: new AwsBroker({ decider, sts, onFailure, ...shared }),
    },
    state: {
      services: new Set(services.state),
      calls,
      operations: namedOperations(stateInterface, registry),
    },
    refusals: new ToldRefusals({ services: new Set(services.state), trustDomain, log, ...shared }),
    approvals: {
      people,
      desk: new ApprovalDesk({ ...shared, store, notices }),
    },
    accessRequests: new AccessRequests({ issuer, store, ...shared }),
    ...hops,
    jwks: sharedFor(JWKS_MILLISECONDS, async () => (await state(), keys.jwks), elapsed),
    unready: readiness({ registry, state, keys, identity, elapsed }),
    ledger,
    writer: records.writer,
    keysOf,
    log,
  };
}

/** A tool is mostly called by the token that was signed for it just now. */
function rememberedBy(remembered: RememberedTokens, writer: TokenWriter, clock: Clock): Pick<TokenWriter, "write"> {
  return {
    write: async (claims) => {
      const token = await writer.write(claims);
      remembered.signed(token, claims, clock());
      return token;
    },
  };
}

function watched(ledger: Ledger, onAct: Resources["onAct"]): Ledger {
  return onAct === undefined ? ledger : { commit: (act) => ledger.commit(act).then(() => onAct(act)) };
}

/** Denies all: in force until there is a registry */
function emptyPolicy(trustDomain: string): PolicyDocument {
  return { version: POLICY_VERSION, trustDomain, intentRequired: false, agents: {}, tools: {}, datasets: {} };
}

function svidKeys({ jwtSvid: { jwksUri, ca } }: CommonConfig, elapsed: Elapsed): RemoteKeys {
  const get = httpsGet(ca === undefined ? {} : { ca: readText(ca, "jwtSvid.ca") });
  return new RemoteKeys({ address: jwksUri, get, elapsed });
}

/** Keys of the issuers, starters and people that the registry names */
function userKeys({ userKeys: authority }: CommonConfig, elapsed: Elapsed): KeysOf {
  const get = httpsGet(authority === undefined ? {} : { ca: readText(authority.ca, "userKeys.ca") });
  return issuerKeys({ get, elapsed });
}

async function stsOf(aws: CommonConfig["aws"]) {
  if (aws === undefined) return undefined;
  const { STSClient } = await import("@aws-sdk/client-sts");
  const { STS_BOUNDS } = await import("../../aws/sts");
  const { region, stsEndpoint: endpoint } = aws;
  return new STSClient({ ...STS_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
}
