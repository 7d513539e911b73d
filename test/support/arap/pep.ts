/**
 * A Policy Enforcement Point of the OpenID AuthZEN Access Request and Approval Profile, Draft 1, written from the text of the draft alone: it knows
 * nothing of any product. Names in parentheses are sections of the draft.
 */
export interface Evaluated {
  readonly subject: object;
  readonly resource: object;
  readonly action: object;
  readonly context?: object;
}

export interface Decision {
  readonly decision: boolean;
  readonly context?: {
    readonly evaluation_id?: string;
    readonly evaluated_at?: string;
    readonly reason?: string;
    readonly next_action?: string;
    readonly retry_after?: number;
    readonly access_request?: {
      readonly endpoint?: string;
      readonly template?: string;
      readonly expires_at: string;
      readonly binding_token?: string;
      readonly request_schema_url?: string;
      readonly request_catalogs_url?: string;
    };
  };
}

export interface Approval {
  readonly id: string;
  readonly approved_at?: string;
  readonly approved_until: string;
  readonly state?: unknown;
}

export interface TaskAnswer {
  /** Of HTTP */
  readonly code: number;
  readonly location: string | null;
  readonly retryAfter: string | null;
  readonly task: {
    readonly id: string;
    readonly status: string;
    readonly status_endpoint: string;
    readonly expires_at?: string;
    readonly links?: Readonly<Record<string, string>>;
  };
  readonly result?: { readonly mode: string; readonly approval?: Approval };
}

export interface PepProps {
  readonly pdp: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** By which the deployment knows its caller (Authorization and Authentication) */
  readonly headers: Readonly<Record<string, string>>;
}

/** RFC 9457, with one of the seven types (Error Responses) */
export class ProblemAnswer extends Error {
  constructor(
    public readonly code: number,
    public readonly type: string,
  ) {
    super(`${code} ${type}`);
  }
}

const CAPABILITY = "urn:openid:authzen:capability:access-request";
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Default next actions (Re-evaluation Denial Reason Registry) */
const DEFAULTS: Readonly<Record<string, string>> = {
  approval_expired: "request",
  out_of_scope: "request",
  grant_pending: "retry",
  policy_denied: "none",
  approval_unverifiable: "none",
};

export class Pep {
  constructor(private readonly props: PepProps) {}

  /** Discovery */
  public async endpoint(): Promise<string> {
    const answer = await this.props.fetch(`${this.props.pdp}/.well-known/authzen-configuration`, {});
    const found = (await answer.json()) as Record<string, unknown>;
    demand(found["policy_decision_point"] === this.props.pdp, "the metadata is of another PDP");
    const capabilities = found["capabilities"];
    demand(Array.isArray(capabilities) && capabilities.includes(CAPABILITY), "the capability is not declared");
    return https(found["access_request_endpoint"]);
  }

  /** PEP Processing Rules: whether an access request may be submitted for this decision */
  public isRequestable({ decision, context }: Decision): boolean {
    const asked = context?.access_request;
    if (decision || asked === undefined) return false;
    demand(RFC_3339.test(asked.expires_at), "expires_at must be a time");
    demand((asked.binding_token ?? context?.evaluation_id) !== undefined, "there is no denial-binding material");
    return asked.request_schema_url === undefined && asked.request_catalogs_url === undefined;
  }

  /** The body of a submission (Access Request Submission) */
  public submission(evaluated: Evaluated, denied: Decision, more: object = {}): Record<string, unknown> {
    demand(this.isRequestable(denied), "the denial is not requestable");
    const { evaluation_id, evaluated_at, reason, access_request } = denied.context ?? {};
    const { template, expires_at, binding_token } = access_request ?? {};
    const denial = { evaluation_id, evaluated_at, expires_at, reason, binding_token, template };
    return { ...evaluated, ...more, denial: JSON.parse(JSON.stringify(denial)) as object };
  }

  public async submit(denied: Decision | undefined, body: unknown, key?: string): Promise<TaskAnswer> {
    const url = denied?.context?.access_request?.endpoint ?? (await this.endpoint());
    const headers = key === undefined ? {} : { "idempotency-key": key };
    const answer = await this.send(https(url), { method: "POST", headers, body: JSON.stringify(body) });
    const isDone = answer.task.status !== "pending";
    demand(answer.code === (isDone ? 201 : 202), `${answer.code} is no answer to a submission`);
    demand(answer.location === null || answer.location === answer.task.status_endpoint, "Location is another address");
    return answer;
  }

  public async status({ task }: TaskAnswer): Promise<TaskAnswer> {
    const answer = await this.send(https(task.status_endpoint), {});
    demand(answer.code === 200 && answer.task.id === task.id, "the status is of another task");
    return answer;
  }

  public cancel({ task }: TaskAnswer, body?: object): Promise<TaskAnswer> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.send(https(task.links?.["cancel"]), { method: "POST", ...sent });
  }

  /** What is presented when the call is evaluated again; undefined where it must not be taken for approved (Completion Semantics) */
  public approval({ task, result }: TaskAnswer, now: Date): Approval | undefined {
    if (task.status !== "approved" || result?.mode !== "reevaluate" || result.approval === undefined) return undefined;
    demand(RFC_3339.test(result.approval.approved_until), "approved_until must be a time");
    return now < new Date(result.approval.approved_until) ? result.approval : undefined;
  }

  /** What to do after a denied re-evaluation (Completion Semantics) */
  public next({ context }: Decision): string {
    const { next_action: said, reason } = context ?? {};
    const known = said === "request" || said === "retry" || said === "none" ? said : DEFAULTS[reason ?? ""];
    const action = known ?? (context?.access_request === undefined ? "none" : "request");
    return action === "request" && context?.access_request === undefined ? "none" : action;
  }

  private async send(url: string, init: RequestInit): Promise<TaskAnswer> {
    const type: Record<string, string> = init.body === undefined ? {} : { "content-type": "application/json" };
    const headers = { ...this.props.headers, ...type, ...(init.headers as Record<string, string> | undefined) };
    const answer = await this.props.fetch(url, { ...init, headers });
    const text = await answer.text();
    if (answer.status >= 400) {
      const isProblem = answer.headers.get("content-type") === "application/problem+json";
      const said = (isProblem ? JSON.parse(text) : {}) as { readonly type?: string; readonly status?: number };
      demand(!isProblem || said.status === answer.status, "the problem says another status");
      throw new ProblemAnswer(answer.status, said.type ?? text);
    }
    const { task, result } = JSON.parse(text) as Pick<TaskAnswer, "result" | "task">;
    demand(task.id.length > 20 && typeof task.status === "string", "the task must have an id and a status");
    https(task.status_endpoint);
    demand(task.status !== "approved" || result !== undefined, "an approved task must have a result");
    const { headers: got, status: code } = answer;
    return { code, location: got.get("location"), retryAfter: got.get("retry-after"), task, ...(result && { result }) };
  }
}

function https(url: unknown): string {
  demand(typeof url === "string" && url.startsWith("https://"), `${String(url)} is no HTTPS URI`);
  return url as string;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
