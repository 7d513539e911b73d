import type { DecisionInput, PolicyDocument, PolicyTask, ReasonCode } from "../../domain";
import { Authorizer, type AuthorizerProps } from "../../runtime/authorizer/call/authorizer";
import type { Allowed } from "../../runtime/authorizer/call/spent-calls";
import type { GatewayRequest } from "../../runtime/authorizer/call/gateway-request";
import type { AccessRequest, RequestableDenial } from "../../runtime/authorizer/asked-people";
import type { CallAnswer, CallSteps, KnownState, Spending } from "../../runtime/authorizer/exchange-state";
import type { Intent } from "../../runtime/authorizer/call/intent";
import { Denial } from "../../runtime/authorizer/denial";
import { McpMessages } from "../../runtime/authorizer/mcp/mcp-messages";
import { Recogniser } from "../../runtime/authorizer/request/recogniser";
import type { FleetTool, FleetView } from "../../runtime/registry/registry";
import { reasonOf } from "../../runtime/decision/decider";
import type { AccessTokenClaims } from "../../runtime/token/access-token";

export const NOW = 1_800_000_000;
export const CLERK = "spiffe://prod.acme.example/ns/office/sa/clerk";
const DESTINATION = "crm.acme.example";

const text = { type: "string" } as const;

export const CRM: FleetTool = {
  name: "crm",
  kind: "http",
  url: `https://${DESTINATION}`,
  isPrivate: false,
  capabilities: [],
  actsAs: { service: "robot", bind: {} },
  actions: {
    read: { match: { method: "GET", path: "/records/{id}" } },
    note: { match: { method: "POST", path: "/notes", body: { type: "object", properties: { text } } } },
    pay: { match: { method: "POST", path: "/pay", body: { type: "object", properties: { amount: {} } } } },
  },
};

const CLAIMS = {
  client_id: CLERK,
  sub: "alice",
  task: "work",
  run: "run-1",
  txn: "txn-1",
  sid: "sid-1",
  jti: "token-1",
  exp: NOW + 300,
  scope: "read note pay",
  act: { sub: CLERK },
} as unknown as AccessTokenClaims;

/** The task's budgets, by their names in the policy */
const BUDGETS = {
  "run:calls:crm.note": { limit: 2, actions: { "crm.note": true } },
  "run:sum=amount:crm.pay": { limit: 10, actions: { "crm.pay": true } },
} as const;

const DEFAULTS: GatewayRequest = {
  certificate: "-",
  tool: "crm",
  destination: DESTINATION,
  method: "GET",
  path: "/tools/crm/records/7",
  headers: [],
  body: Buffer.alloc(0),
};

/** The authorizer over an exchange and an engine that do as they are told */
export class AuthorizerWorld {
  public tool: FleetTool | undefined = CRM;
  public claims = CLAIMS;
  public budgets: PolicyTask["budgets"] = BUDGETS;
  public version = 1;
  public spent: Readonly<Record<string, number>> = { "run:calls:crm.note": 0, "run:sum=amount:crm.pay": 0 };
  /** Codes for which the engine refuses */
  public refusing: (input: DecisionInput) => readonly ReasonCode[] = () => [];
  public revision = 7;
  /** The registry is read before it would be by itself. */
  public look: () => void = () => undefined;
  /** Before the exchange answers, which may change what it answers */
  public before: () => void = () => undefined;
  public retryAfter: number | undefined;
  /** Whether the exchange tells what is known behind a call that may go out */
  public tells = true;
  /** What an MCP server says when it is asked for its tools */
  public toolLists: () => Promise<readonly object[]> = async () => [];
  /** What is read of the request's token */
  public tokens: () => Promise<{ readonly claims: AccessTokenClaims; readonly token: string }> = async () => ({
    claims: this.claims,
    token: "the-token",
  });
  /** Rank of what may be sent to the tool */
  public clearance = 2;
  public actions: Readonly<Record<string, true>> = { "crm.read": true, "crm.note": true, "crm.pay": true };
  public readonly asked: (Spending | undefined)[] = [];
  /** Group that approves the task's calls; none where empty */
  public approvers = "";
  /** What stands for the call that is asked about, as the exchange knows it */
  public approval: DecisionInput["approval"] = null;
  /** What people are told to decide on where the exchange is asked to ask them */
  public accessRequest: AccessRequest | undefined;
  /** The same for a client of AuthZEN */
  public denied: RequestableDenial | undefined;
  /** All of what the exchange was asked with */
  public readonly steps: CallSteps[] = [];
  public readonly decided: DecisionInput[] = [];

  public readonly authorizer: Authorizer;

  constructor(intent?: Intent) {
    this.authorizer = this.made(intent);
  }

  /** What the gateway is told of a call that may go out */
  public allowed(change: Partial<GatewayRequest> = {}, isWanted?: () => boolean): Promise<Allowed> {
    return this.authorizer.authorize({ ...DEFAULTS, ...change }, isWanted);
  }

  public async told(change: Partial<GatewayRequest> = {}, isWanted?: () => boolean): Promise<string> {
    try {
      const { facts, set } = await this.allowed(change, isWanted);
      return `allowed ${facts.action} ${JSON.stringify(set)}`;
    } catch (error) {
      if (error instanceof Denial) return `${error.error} ${error.codes.join()}`;
      throw error;
    }
  }

  public post(path: string, body: object): Partial<GatewayRequest> {
    const headers = [["content-type", "application/json"]] as const;
    return { method: "POST", path: `/tools/crm${path}`, headers, body: Buffer.from(JSON.stringify(body)) };
  }

  private made(intent: Intent | undefined): Authorizer {
    return new Authorizer({
      peers: { of: () => ({ spiffeId: CLERK, thumbprint: "t", expiresAt: NOW + 60 }) },
      tokens: { of: () => this.tokens() },
      registry: { current: () => this.fleet, look: async () => this.look() },
      recogniser: new Recogniser(new McpMessages(() => NOW)),
      decider: {
        decide: async (_: FleetView, input: DecisionInput) => {
          this.decided.push(input);
          const reasons = this.refusing(input).map(reasonOf);
          const decision = reasons.length === 0 ? "allow" : "deny";
          return { version: "ambit.decision/1", decision, reasons, observed: [], revision: 7 };
        },
      },
      exchange: { call: async (_: string, __: unknown, steps: CallSteps) => this.answered(steps) },
      destinations: { of: async () => "192.0.2.1:443" },
      toolLists: { of: () => this.toolLists() },
      outcomes: { toldOf: async () => undefined, begin: () => undefined, end: () => undefined },
      clock: () => NOW,
      intent,
    } as unknown as AuthorizerProps);
  }

  private answered(steps: CallSteps): CallAnswer {
    const { spend, ask } = steps;
    this.asked.push(spend);
    this.steps.push(steps);
    this.before();
    const isOfNow = (versions: readonly number[] = []): boolean => versions.join() === `${this.version}`;
    const isSpent = isOfNow(spend?.versions);
    return {
      ...((this.tells || !isSpent) && { state: this.known }),
      ...(isSpent && { headers: { authorization: "Bearer robot" } }),
      ...(isOfNow(ask?.versions) && {
        access_request: this.accessRequest,
        ...(this.denied && { denied: this.denied }),
      }),
    };
  }

  private get known(): KnownState {
    const input = {
      version: "ambit.decision/1",
      phase: "call",
      agent: { name: "clerk", spiffeId: CLERK },
      chain: [],
      user: { issuer: "https://login.example", subject: "alice" },
      task: "work",
      time: NOW - 100,
      token: { audience: "tool:crm", expiresAt: NOW + 200, scope: ["read"] },
      session: { mark: this.version > 1 ? "restricted" : "public" },
      approval: this.approval,
    } as unknown as KnownState["input"];
    return { input, spent: this.spent, versions: [this.version], retryAfter: this.retryAfter };
  }

  private get fleet(): FleetView {
    const { budgets, actions, approvers: approvalGroup } = this;
    const task = { budgets, orders: [], actions, approvalGroup };
    const touches = { "orders:read": true, "orders:write": true };
    const tools = { crm: { destination: DESTINATION, clearance: this.clearance, actions: { read: { touches } } } };
    const policy = { agents: { [CLERK]: { tasks: { work: task } } }, tools } as unknown as PolicyDocument;
    return {
      revision: this.revision,
      policy,
      agentOf: () => ({ purpose: "Keeps notes" }),
      toolOf: (name: string) => (name === "crm" ? this.tool : undefined),
      answersUntrusted: () => true,
    } as unknown as FleetView;
  }
}
