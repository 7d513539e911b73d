import { ACCESS_TOKEN, type Answer, codes, details, TOKEN_EXCHANGE } from "./served-exchange";
import { AUTHORIZER, type Held, type StopWorld, tokenIn, TXN_TOKEN, type Work } from "./stop-world";

/** What is asked after something was stopped */
export interface Asked {
  /** The tokens that it presents */
  readonly tokens: readonly Held[];
  ask(): Promise<string>;
}

/** Prepares a request by work that goes on; asks only when it is told to */
export type Way = (world: StopWorld, work: Work) => Promise<Asked>;

const DIGEST = `sha256:${"0".repeat(64)}`;

/** By the name of the row in test/cases/exchange/stops.json */
export const WAYS: Readonly<Record<string, Way>> = {
  "POST /token, another start": async (world, work) => starting(world, work, "/token"),
  "POST /runs, another start": async (world, work) => starting(world, work, "/runs"),
  "POST /token, the run goes on": async (world, work) => ({
    tokens: [],
    ask: () => of(world.form("/token", world.goingOn(work, `tool:${work.tool}`), work.agent)),
  }),
  "POST /runs, a request joins the run": joining,
  "POST /runs/answers": async (world, work) => message(world, work, "/runs/answers"),
  "POST /runs/parts": async (world, work) => message(world, work, "/runs/parts"),
  "POST /runs/open": async (world, { agent, first: { claims } }) => ({
    tokens: [],
    ask: async () => stoppedIn(await world.form("/runs/open", { runs: claims.run }, agent)),
  }),
  "POST /introspect, by a service": async (world, work) => introspected(world, work, AUTHORIZER),
  "POST /introspect, by the agent": async (world, work) => introspected(world, work, work.agent),
  "POST /aws/credentials": async (world, work) => {
    const held = await world.held(world.goingOn(work, "aws"), work.agent);
    const headers = { authorization: `Bearer ${held.token}` };
    return {
      tokens: [held],
      ask: () => of(world.request("/aws/credentials", { method: "POST", headers }, work.agent)),
    };
  },
  "POST /outbound": async (world, { first }) => ({
    tokens: [first],
    ask: () => of(world.json("/outbound", { token: first.token }, AUTHORIZER)),
  }),
  "POST /state/read": async (world, { first }) => ({
    tokens: [first],
    ask: async () => told(await world.json("/state/read", { claims: first.claims }, AUTHORIZER)),
  }),
  "POST /state/spend": async (world, work) => {
    const { claims } = work.first;
    const { call, spend } = await decided(world, work);
    return {
      tokens: [work.first],
      ask: () => of(world.json("/state/spend", { claims, call, ...spend }, AUTHORIZER)),
    };
  },
  "POST /state/calls, decided before": async (world, work) => {
    const { call, spend } = await decided(world, work);
    const calls = [{ token: 0, call, spend: { ...spend, revision: 1 } }];
    return {
      tokens: [work.first],
      ask: async () => inCalls(await world.json("/state/calls", { tokens: [work.first.token], calls }, AUTHORIZER)),
    };
  },
  "POST /state/calls, not decided": async (world, work) => {
    const { call } = await decided(world, work);
    return {
      tokens: [work.first],
      ask: async () =>
        inCalls(
          await world.json("/state/calls", { tokens: [work.first.token], calls: [{ token: 0, call }] }, AUTHORIZER),
        ),
    };
  },
  "POST /state/outcome": async (world, work) => {
    const { call } = await decided(world, work);
    const body = { claims: work.first.claims, call, outcome: "unknown", untrusted: true };
    return { tokens: [work.first], ask: () => of(world.json("/state/outcome", body, AUTHORIZER)) };
  },
  "POST /state/open": async (world, { first: held }) => ({
    tokens: [held],
    ask: async () => {
      const open = [{ run: held.claims.run, token: held.claims.jti }];
      return stoppedIn(await world.json("/state/open", { open }, AUTHORIZER));
    },
  }),
  "POST /token, a transaction token": async (world, { first }) => ({
    tokens: [first],
    ask: () => of(world.form("/token", txn(first.token, ACCESS_TOKEN, first.claims.scope), AUTHORIZER)),
  }),
  "POST /token, a transaction token is replaced": async (world, { first }) => {
    const { scope } = first.claims;
    const token = tokenIn(await world.form("/token", txn(first.token, ACCESS_TOKEN, scope), AUTHORIZER));
    return { tokens: [first], ask: () => of(world.form("/token", txn(token, TXN_TOKEN, scope), AUTHORIZER)) };
  },
};

/** By the same user, or by the same delegator with another token that hands work on */
async function starting(world: StopWorld, { agent, user, task, parent, tool }: Work, path: string): Promise<Asked> {
  const audience: Record<string, string> = path === "/token" ? { audience: `tool:${tool}` } : {};
  if (parent === undefined) {
    return { tokens: [], ask: () => of(world.form(path, { ...world.byUser(agent, task, user), ...audience }, agent)) };
  }
  const again = await handedAgain(world, parent);
  return { tokens: [again], ask: () => of(world.form(path, world.presenting(again, audience), agent)) };
}

async function joining(world: StopWorld, { agent, user, task, first, parent }: Work): Promise<Asked> {
  const { run } = first.claims;
  if (parent === undefined) {
    return { tokens: [], ask: () => of(world.form("/runs", world.byUser(agent, task, user, { run }), agent)) };
  }
  const again = await handedAgain(world, parent);
  return { tokens: [again], ask: () => of(world.form("/runs", world.presenting(again, {}, { run }), agent)) };
}

/** Another token that hands the work of the same run on */
function handedAgain(world: StopWorld, { claims: { run } }: Held): Promise<Held> {
  const form = {
    grant_type: "client_credentials",
    audience: "exchange",
    authorization_details: details({ task: "answer", run, delegate: "researcher.lookup" }),
  };
  return world.held(form, "support-triage");
}

function message(world: StopWorld, { agent, way, first }: Work, path: string): Asked {
  return { tokens: [], ask: () => of(world.form(path, { run: first.claims.run, way }, agent)) };
}

function introspected(world: StopWorld, { first }: Work, as: string): Asked {
  return {
    tokens: [first],
    ask: async () => {
      const { json } = await world.form("/introspect", { token: first.token }, as);
      return json.active === true ? "given" : "inactive";
    },
  };
}

/** What the authorizer has decided by, before something is stopped */
async function decided(world: StopWorld, { first: { claims }, tool }: Work) {
  const { json } = await world.json("/state/read", { claims }, AUTHORIZER);
  const policy = world.fleet?.policy.tools[tool];
  const [action = ""] = Object.keys(policy?.actions ?? {});
  const call = { tool, action, destination: policy?.destination ?? "", data: [] };
  const costs = {};
  return { call, spend: { requestDigest: DIGEST, costs, untrusted: false, versions: json.versions } };
}

function txn(token: string, type: string, scope = ""): Record<string, string> {
  return {
    grant_type: TOKEN_EXCHANGE,
    requested_token_type: TXN_TOKEN,
    subject_token: token,
    subject_token_type: type,
    audience: "prod.acme.example",
    scope,
  };
}

async function of(answered: Promise<Answer>): Promise<string> {
  const answer = await answered;
  return answer.status < 300 ? "given" : codes(answer).join(" ");
}

function stoppedIn({ json }: Answer): string {
  const [stopped] = json.stopped as readonly { readonly codes: readonly string[] }[];
  return stopped === undefined ? "given" : stopped.codes.join(" ");
}

/** The policy's input: it denies what was stopped */
function told({ status, json }: Pick<Answer, "json" | "status">): string {
  if (status !== 200) return "refused";
  const { revocation } = json.input as { readonly revocation: { readonly revoked: readonly string[] } };
  return revocation.revoked.length === 0 ? "given" : `told ${revocation.revoked.join(" ")}`;
}

function inCalls({ status, json }: Answer): string {
  const [answer] = json.answers as readonly Record<string, unknown>[];
  if (answer === undefined) return "refused";
  if (answer.reasons !== undefined) return codes({ json: answer } as Answer).join(" ");
  return answer.headers === undefined ? told({ status, json: answer.state as Record<string, unknown> }) : "given";
}
