import { ACCESS_TOKEN, details, JWT, TOKEN_EXCHANGE } from "../../support/exchange/served-exchange";
import type { IdentityWorld, WorkloadName } from "./identity-world";
import type { Answered, Asked, Form } from "./real-agent";
import type { RealExchange } from "./real-exchange";
import { untilAvailable } from "./until-available";

/** What may differ in a request from what it should be */
export interface Differently {
  readonly form?: Form;
  readonly detail?: object;
  readonly asked?: Asked;
}

/** Asks one exchange for the work of one user, and hands it from agent to agent. */
export class RealChain {
  constructor(
    private readonly world: IdentityWorld,
    private readonly exchange: RealExchange,
    private readonly user: string,
  ) {}

  /** Started by the user's token */
  public byUser(task: string, audience: string, differently: Differently = {}, evidence = this.userToken(task)) {
    return this.asked("first", evidence, task, "user", audience, differently);
  }

  /** Started by a token that hands work on */
  public delegated(name: WorkloadName, token: string, task: string, audience: string, differently: Differently = {}) {
    return this.asked(name, token, task, "delegation", audience, differently);
  }

  /** A run without a token, started by a token that hands work on */
  public begun(
    name: WorkloadName,
    token: string,
    task: string,
    { form = {}, detail = {}, asked = {} }: Differently = {},
  ) {
    const sent = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: token,
      subject_token_type: ACCESS_TOKEN,
      authorization_details: details({ task, start: "delegation", ...detail }),
      ...form,
    };
    return this.world.as(name).post(this.exchange, "/runs", sent, asked);
  }

  /** Started by a starter's token */
  public scheduled(task: string, audience: string, evidence = this.startToken(task)): Promise<Answered> {
    const form = { subject_token_type: JWT };
    return this.asked("first", evidence, task, "schedule", audience, { form });
  }

  /** Started by the agent itself, which has no evidence that a lost answer would have used up */
  public byItself(task: string, audience: string): Promise<Answered> {
    const ask = () => this.world.as("first").token(this.exchange, audience, { task, start: "agent" });
    return untilAvailable(ask, ({ retryAfter }) => retryAfter ?? 1);
  }

  public userToken(task: string, agent: WorkloadName = "first", newSession = false): string {
    const { issuers } = this.world;
    return issuers.userToken({ agentId: this.world.idOf(agent), task: `first.${task}`, user: this.user, newSession });
  }

  public startToken(task: string): string {
    return this.world.issuers.startToken(this.world.idOf("first"), task, "schedule");
  }

  private asked(
    name: WorkloadName,
    evidence: string,
    task: string,
    start: string,
    audience: string,
    { form = {}, detail = {}, asked = {} }: Differently,
  ): Promise<Answered> {
    const sent = { subject_token: evidence, subject_token_type: ACCESS_TOKEN, audience, ...form };
    return this.world.as(name).exchanged(this.exchange, sent, { task, start, ...detail }, asked);
  }
}
