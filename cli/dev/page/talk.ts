import { readFileSync } from "node:fs";
import type { AgentDeclaration } from "../../../domain";
import { isServedAt } from "../../../domain/serve-paths";
import { fleet } from "../../../fleet";
import { taskScope } from "../../../runtime/token/task-scope";
import { told } from "../../../runtime/log";
import type { DevelopmentPlatform } from "../development-platform";
import { OWN_CLIENT } from "../issuer/user-issuer";
import type { StoryPlayer } from "../story/story-player";
import { type AnswerPart, askAgent } from "./ask-agent";
import { type Ask, askIn, signInIn } from "./page-request";
import type { PageSession } from "./page-sessions";
import { SignIn, type UserTokens } from "./sign-in";

export interface TalkProps {
  readonly platform: DevelopmentPlatform;
  readonly story: StoryPlayer;
  /** Of the page */
  readonly address: string;
  /** Told who signed in */
  readonly onUser: (issuer: string, user: string) => void;
}

/** Answer in place of a request: what is missing, and the fix */
export interface NotAsked {
  readonly reasons: readonly { readonly code: string; readonly what: string; readonly fix: string }[];
}

export interface Sending {
  readonly send: (tell: (part: AnswerPart) => void, signal: AbortSignal) => Promise<void>;
}

const CALLBACK = "/signed-in";
/** Before an access token is over, for the way to the exchange */
const MARGIN_MILLISECONDS = 30_000;

/** What a person does on the page: sign in, ask an agent as a user, have the story played */
export class Talk {
  private readonly signing: SignIn;
  private readonly ca: string;

  constructor(private readonly props: TalkProps) {
    const { platform, address } = props;
    const { issuers, files } = platform;
    const redirectUri = `${address}${CALLBACK}`;
    issuers.login?.register(redirectUri);
    this.ca = readFileSync(files.bundle, "utf8");
    this.signing = new SignIn({ issuer: issuers.userIssuer, ca: this.ca, redirectUri });
  }

  /** What the page shows before anything happens; a problem once */
  public state(session: PageSession | undefined): object {
    const { platform, story } = this.props;
    const { gateway, users } = platform;
    const problem = session?.problem ?? null;
    if (session !== undefined) session.problem = undefined;
    return {
      problem,
      gateway: gateway === undefined ? null : { by: gateway.by, lacks: gateway.lacks ?? null },
      agents: serving().map((agent) => ({
        name: agent.name,
        purpose: agent.purpose,
        isServed: users?.agents.includes(agent.name) === true,
        ways: publicWays(agent).map(({ name, kind, paths, tasks }) => ({
          name,
          kind,
          paths,
          tasks: byUsers(agent, tasks),
        })),
        user: session?.tokens.get(agent.name)?.user ?? null,
      })),
      story: story.problem ?? null,
    };
  }

  /** @returns where the browser goes. @throws ConfigError, Error if the issuer does not answer */
  public async signIn(session: PageSession, body: string): Promise<string> {
    const { agent: name } = signInIn(body);
    const agent = serving().find((each) => each.name === name);
    if (agent === undefined) throw new Error(`agent must be one that users are served by, got ${JSON.stringify(name)}`);
    const tasks = publicWays(agent).flatMap((way) => byUsers(agent, way.tasks));
    const scopes = [...new Set(tasks)].map((task) => taskScope(name, task));
    const [client = OWN_CLIENT] = agent.clients;
    const { url, pending } = await this.signing.begin({ agent: name, client, scopes, anew: session.tokens.has(name) });
    session.pending.set(pending.state, pending);
    return url;
  }

  /** The browser came back from the issuer; what went wrong is kept for the page. */
  public async signedIn(session: PageSession, search: string): Promise<void> {
    const pending = session.pending.take(new URLSearchParams(search).get("state") ?? "");
    if (pending === undefined) {
      session.problem = "not signed in: this browser asked for no such sign-in, so sign in again";
      return;
    }
    try {
      const tokens = await this.signing.finish(search, pending);
      session.tokens.set(pending.agent, tokens);
      this.props.onUser(this.props.platform.issuers.userIssuer, tokens.user);
    } catch (error) {
      session.problem = `not signed in: ${told(error)}`;
    }
  }

  /** @throws ConfigError */
  public async ask(session: PageSession | undefined, body: string): Promise<NotAsked | Sending> {
    const ask = askIn(body);
    const { users } = this.props.platform;
    const tokens = await this.tokens(session, ask);
    const agent = serving().find(({ name }) => name === ask.agent);
    if (tokens === undefined || agent === undefined) {
      return notAsked("page.signed-out", `no user is signed in for ${ask.agent}`, "sign in, then send it again");
    }
    if (users === undefined || !users.agents.includes(ask.agent)) {
      const fix = `start npm run dev with --serves ${ask.agent}=<port of your process>, or --serves ${ask.agent}=example`;
      return notAsked("page.not-served", `${ask.agent} does not serve here`, fix);
    }
    const { port, domain } = users;
    const host = hostOf(agent, ask.path, `${agent.name}.${domain}`);
    const { method, path } = ask;
    const headers = headersOf(ask, tokens);
    return {
      send: (tell, signal) =>
        askAgent({ host, port, ca: this.ca, method, path, headers, body: ask.body, signal }, tell),
    };
  }

  /** Evidence begins a clean session once, so another one needs another token. */
  private async tokens(session: PageSession | undefined, { agent, newSession }: Ask): Promise<UserTokens | undefined> {
    const held = session?.tokens.get(agent);
    if (session === undefined || held === undefined) return undefined;
    if (newSession !== true && Date.now() + MARGIN_MILLISECONDS < held.expiresAt) return held;
    // A refresh token can be used once, even if the refresh fails.
    session.tokens.delete(agent);
    const next = await this.signing.refreshed(held);
    session.tokens.set(agent, next);
    return next;
  }

  /** How the story is played, or why it is not */
  public story(): string | ((tell: (step: object) => void) => Promise<void>) {
    const { platform, story } = this.props;
    return story.problem ?? ((tell) => story.play(platform, tell));
  }
}

/** Agents that have a way in for users */
function serving(): readonly AgentDeclaration[] {
  return fleet.agents.filter((agent) => publicWays(agent).length > 0);
}

function publicWays(agent: AgentDeclaration) {
  return agent.ways.map(({ facts }) => facts).filter(({ tasks }) => byUsers(agent, tasks).length > 0);
}

function byUsers({ tasks }: AgentDeclaration, names: readonly string[]): readonly string[] {
  return names.filter((name) => tasks.get(name)?.startedBy.includes("user") === true);
}

/** A way in may have a host of its own. */
function hostOf(agent: AgentDeclaration, path: string, usual: string): string {
  const [pathname = ""] = path.split("?", 1);
  const way = agent.ways.find(({ facts }) => isServedAt(facts, pathname));
  return way?.facts.host ?? usual;
}

function headersOf({ task, type, body, run, newSession }: Ask, { accessToken }: UserTokens) {
  return {
    authorization: `Bearer ${accessToken}`,
    "ambit-task": task,
    ...(body !== undefined && { "content-type": type ?? "application/json" }),
    ...(run !== undefined && { "ambit-run": run }),
    ...(newSession === true && { "ambit-session": "new" }),
  };
}

function notAsked(code: string, what: string, fix: string): NotAsked {
  return { reasons: [{ code, what, fix }] };
}
