/** What a client asks a user for (RFC 6749 section 4.1.1, RFC 7636 section 4.3, OpenID Connect Core section 3.1.2.1) */
export interface AuthorizationRequest {
  readonly client: string;
  readonly redirectUri: string;
  /** Name of the one agent whose tasks are asked for; undefined if a person logs in to decide */
  readonly agent: string | undefined;
  /** `ambit:<agent>:<task>`, without duplicates; empty for a person who decides */
  readonly scopes: readonly string[];
  /** S256 of what the client proves when it gets the token */
  readonly challenge: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  /** `none`: do not ask the user; `login`: always ask */
  readonly prompt: "login" | "none" | undefined;
  /** Seconds since the user signed in, at most; undefined for any */
  readonly maxAge: number | undefined;
}

/** A public client, by its exact redirect URIs */
export interface PublicClient {
  readonly id: string;
  readonly redirectUris: readonly string[];
  /** Those of the redirect URIs at which people decide or stop agents, and which start no task */
  readonly ofPeople: readonly string[];
}

/** What the issuer knows */
export interface KnownToIssuer {
  readonly clientOf: (id: string) => PublicClient | undefined;
  /** Whether the agent has the task */
  readonly hasTask: (agent: string, task: string) => boolean;
}

/** No browser is sent on: the client is not known, or another one asks under its name. */
export class NoClient extends Error {}

/** Told to the client at its redirect URI (RFC 6749 section 4.1.2.1) */
export class AuthorizationRefused extends Error {
  constructor(
    public readonly code: string,
    message: string,
    public readonly redirectUri: string,
    public readonly state: string | undefined,
  ) {
    super(message);
  }
}

const KNOWN = [
  "client_id",
  "code_challenge",
  "code_challenge_method",
  "max_age",
  "nonce",
  "prompt",
  "redirect_uri",
  "response_type",
  "scope",
  "state",
];
/** By which a token names a task that it starts */
const SCOPE_OF_TASK = /^ambit:(?<agent>[a-z0-9-]{1,63}):(?<task>[A-Za-z0-9_-]{1,64})$/;
/** Of SHA-256 in base64url */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** What a person who decides is asked for besides (OpenID Connect Core section 5.4) */
const OF_PEOPLE: readonly string[] = ["openid", "profile", "email"];
const SECONDS = /^\d{1,9}$/;
const LONGEST = 512;

type Refuse = (code: string, message: string) => never;

/** @throws NoClient, AuthorizationRefused */
export function authorizationRequestOf(asked: URLSearchParams, known: KnownToIssuer): AuthorizationRequest {
  const id = only(asked, "client_id");
  const client = id === undefined ? undefined : known.clientOf(id);
  if (client === undefined) throw new NoClient(`no client ${JSON.stringify(id ?? "")} is registered here`);
  const redirectUri = only(asked, "redirect_uri");
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    throw new NoClient(
      `redirect_uri must be exactly ${client.redirectUris.join(" or ")}, got ${JSON.stringify(redirectUri ?? "")}`,
    );
  }
  const state = only(asked, "state");
  const refuse: Refuse = (code, message) => {
    throw new AuthorizationRefused(code, message, redirectUri, state);
  };
  const twice = KNOWN.find((name) => asked.getAll(name).length > 1);
  if (twice !== undefined) refuse("invalid_request", `${twice} must be sent once`);
  const long = KNOWN.find((name) => name !== "scope" && (asked.get(name)?.length ?? 0) > LONGEST);
  if (long !== undefined) refuse("invalid_request", `${long} must have at most ${LONGEST} characters`);
  if (asked.get("response_type") !== "code") refuse("unsupported_response_type", "response_type must be code");
  const challenge = asked.get("code_challenge") ?? "";
  if (asked.get("code_challenge_method") !== "S256" || !CHALLENGE.test(challenge)) {
    refuse("invalid_request", "code_challenge must be there, with code_challenge_method S256 (RFC 7636)");
  }
  const prompt = asked.get("prompt") ?? undefined;
  if (prompt !== undefined && prompt !== "login" && prompt !== "none") {
    refuse("invalid_request", "prompt must be login or none");
  }
  const age = asked.get("max_age");
  if (age !== null && !SECONDS.test(age)) refuse("invalid_request", "max_age must be whole seconds");
  const scopes = [...new Set((asked.get("scope") ?? "").split(" ").filter((scope) => scope !== ""))];
  if (!scopes.includes("openid")) refuse("invalid_scope", "scope must have openid");
  return {
    client: client.id,
    redirectUri,
    ...(client.ofPeople.includes(redirectUri) ? ofPerson(scopes, refuse) : ofTasks(scopes, known, refuse)),
    challenge,
    state,
    nonce: asked.get("nonce") ?? undefined,
    prompt: prompt as AuthorizationRequest["prompt"],
    maxAge: age === null ? undefined : Number(age),
  };
}

type Wanted = Pick<AuthorizationRequest, "agent" | "scopes">;

function ofPerson(scopes: readonly string[], refuse: Refuse): Wanted {
  const other = scopes.find((scope) => !OF_PEOPLE.includes(scope));
  if (other !== undefined) refuse("invalid_scope", `scope must be of ${OF_PEOPLE.join(", ")}, got ${other}`);
  return { agent: undefined, scopes: [] };
}

function ofTasks(scopes: readonly string[], known: KnownToIssuer, refuse: Refuse): Wanted {
  const tasks = scopes.filter((scope) => scope !== "openid");
  const agents = new Set<string>();
  for (const scope of tasks) {
    const { agent = "", task = "" } = SCOPE_OF_TASK.exec(scope)?.groups ?? {};
    if (!known.hasTask(agent, task))
      refuse("invalid_scope", `scope must name tasks, as ambit:<agent>:<task>, got ${scope}`);
    agents.add(agent);
  }
  const [agent] = agents;
  if (agent === undefined || agents.size > 1) refuse("invalid_scope", "scope must name tasks of one agent");
  return { agent, scopes: tasks };
}

/** Undefined if it is not sent, or more than once */
function only(asked: URLSearchParams, name: string): string | undefined {
  const values = asked.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
