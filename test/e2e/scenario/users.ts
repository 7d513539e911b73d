import { USERS_DOMAIN } from "../cluster/aws/control-pods";
import type { Login } from "../cluster/aws/login";
import type { OneNode } from "../cluster/one-node";
import { askAsUser, type UserAsks, type UserGets } from "../cluster/user";
import { until } from "../harness/until";
import { OpenAnswer } from "./kill/open-answer";

const REACHED_SECONDS = 120;

export interface UserRequest {
  readonly user: string;
  /** Agent whose host is asked @default "support-triage" */
  readonly agent?: string;
  /** Whose task the token names @default - the agent that is asked */
  readonly startedAs?: string;
  readonly task: string;
  readonly path: string;
  readonly body?: object;
}

/** People of the organisation, who ask agents as the client `support-desk` does, by the gateway's address for users */
export class Users {
  constructor(
    private readonly on: OneNode,
    private readonly login: Login,
    private readonly authority: string,
    private readonly at: readonly [address: string, port: number],
  ) {}

  /** @throws Error where the agent's pods are not reached within two minutes */
  public async ask(request: UserRequest): Promise<UserGets> {
    let got: UserGets = { status: 0, text: "", run: null };
    const asked = async (): Promise<boolean> => {
      got = await askAsUser(this.on, this.at, this.asks(request));
      return !(got.status === 503 && UNREACHED.some((code) => got.text.includes(code)));
    };
    // Of pods that are Ready since a moment ago the name service may not know yet.
    await until(asked, REACHED_SECONDS, () => JSON.stringify(got));
    return got;
  }

  /** Ask for an answer that streams. @throws Error where nothing of it comes within a minute */
  public opens(request: UserRequest): Promise<OpenAnswer> {
    return OpenAnswer.of(this.on, this.at, this.asks(request));
  }

  private asks({ user, agent = "support-triage", startedAs = agent, task, path, body = {} }: UserRequest): UserAsks {
    const evidence = this.login.token({ scope: `ambit:${startedAs}:${task}`, client: "support-desk", user });
    return { authority: this.authority, host: `${agent}.${USERS_DOMAIN}`, path, body, evidence };
  }
}

const UNREACHED = ["way.unreachable", "way.unavailable"];
