import { UNKNOWN_CHAIN } from "../../domain/kill-order";
import type { Log } from "../log";
import { AgentRoles, nameOfRole } from "./agent-roles";
import { type AskedOrder, type AskedRole, askedOf } from "./asked";
import type { KillSwitchConfig } from "./config";
import type { ExchangeTold } from "./exchange-step";
import { isDone, type KillResult, type StepName, type StepResult } from "./result";
import { type Tried, tried } from "./tried";

export interface KillSwitchProps {
  readonly config: Pick<KillSwitchConfig, "roles">;
  /** Each is called once; errors are retried, except `Refused`. */
  readonly revoke: (order: AskedOrder["order"]) => Promise<ExchangeTold>;
  readonly deny: (role: string) => Promise<void>;
  readonly list: (agent: string, reason: string) => Promise<void>;
  readonly log: Log;
  /**
   * Waits for so many milliseconds.
   *
   * @default - a timer
   */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

const NOT_NEEDED = "only an agent has it";

/** An event whose request was not carried out: its sender must send it again. */
export class NotStopped extends Error {
  public override readonly name = "NotStopped";
}

/** Stops what it is asked to, at the exchange, at AWS and in the cluster, each by itself. */
export class KillSwitch {
  private readonly roles: AgentRoles;

  constructor(private readonly props: KillSwitchProps) {
    this.roles = new AgentRoles(props.config);
  }

  /**
   * @returns the result of each step; undefined if the event requested none
   * @throws UnknownEvent; NotStopped if a step of an asynchronous request failed, so that Lambda retries it
   */
  public async handle(event: unknown): Promise<KillResult | undefined> {
    const asked = askedOf(event, (role) => this.roles.ownerOf(role));
    if (asked === undefined) return undefined;
    if ("role" in asked) return this.stopRole(asked);
    const result = await this.stop(asked);
    if (isDone(result) || asked.isWaiting) return result;
    throw new NotStopped(result.steps.map(({ step, outcome, what }) => `${step}: ${outcome}: ${what}`).join("; "));
  }

  private async stop({ order, agent, roles }: AskedOrder): Promise<KillResult> {
    const told = this.tried(() => this.props.revoke(order));
    const logged = this.logged(order.kind, agent);
    const steps = await Promise.all([
      told.then(exchangeResult).then(logged),
      (agent === undefined ? notNeeded("aws") : this.deny(agent, roles, told)).then(logged),
      (agent === undefined ? notNeeded("kill-list") : this.list(agent, order.reason)).then(logged),
    ]);
    const { horizon } = (await told).came ?? {};
    return { steps, ...(horizon !== undefined && { horizon }) };
  }

  /**
   * A role whose name does not identify its agent counts as a failed step, so that people are alerted.
   *
   * @throws NotStopped if the role could not be denied: the retry cannot do more
   */
  private async stopRole({ role, reason }: AskedRole): Promise<KillResult> {
    const logged = this.logged("agent", undefined);
    const untold = `${reason}: the name of ${role} was cut, and does not tell whose it is: find the agent and run ambit revoke agent`;
    const exchange = logged({ step: "exchange", outcome: "failed", tries: 0, what: untold });
    const list = logged({ step: "kill-list", outcome: "failed", tries: 0, what: untold });
    const { tries, came, because = "" } = await this.denied(role);
    const what =
      came === undefined ? because : `AWSDenyAll is on ${role}; which other roles the agent has is not known`;
    const aws = logged({ step: "aws", outcome: came === undefined ? "failed" : "done", tries, what });
    if (came === undefined) throw new NotStopped(`aws: failed: ${because}; ${untold}`);
    return { steps: [exchange, aws, list] };
  }

  /** Each step as it ends: one that hangs takes the log of no other with it where the function's time is over. */
  private logged(target: string, agent: string | undefined): (result: StepResult) => StepResult {
    return (result) => {
      const { step, outcome, tries, what } = result;
      const facts = { target, agent: agent ?? null, step, tries, what, outcome };
      this.props.log(outcome === "failed" ? "kill.failed" : "kill.done", facts);
      return result;
    };
  }

  /** At once those that can be told by name, and those that only the exchange knows once it has answered. */
  private async deny(agent: string, given: readonly string[], told: Promise<Tried<ExchangeTold>>): Promise<StepResult> {
    const known = [...new Set([this.roles.of(agent) ?? "", ...given])].filter((role) => role !== "");
    const early = await Promise.all(known.map((role) => this.denied(role)));
    const all = (await told).came?.roles?.map(nameOfRole);
    const late = await Promise.all(
      (all ?? []).filter((role) => !known.includes(role)).map((role) => this.denied(role)),
    );
    const every = [...early, ...late];
    const done = every.filter(({ came }) => came !== undefined).map(({ role }) => role);
    // A role that was only guessed need not be there where the exchange tells which are.
    const missed = every.filter(
      ({ came, role }) => came === undefined && (all?.includes(role) ?? given.includes(role)),
    );
    const tries = Math.max(1, ...every.map((each) => each.tries));
    const on = done.length === 0 ? "" : `AWSDenyAll is on ${done.join(", ")}`;
    if (missed.length > 0) {
      const because = missed.map((each) => each.because).join("; ");
      return { step: "aws", outcome: "failed", tries, what: [on, because].filter((text) => text !== "").join("; ") };
    }
    if (done.length > 0) {
      const doubt = all === undefined ? "; the exchange did not tell whether it has other roles" : "";
      return { step: "aws", outcome: "done", tries, what: `${on}${doubt}` };
    }
    if (all !== undefined) return { step: "aws", outcome: "not needed", tries, what: "the agent has no role in AWS" };
    const because = [...new Set(every.map((each) => each.because))].join("; ");
    const what = because === "" ? "its role cannot be told by its name, and the exchange tells none" : because;
    return { step: "aws", outcome: "failed", tries, what };
  }

  private async denied(role: string): Promise<Tried<true> & { readonly role: string }> {
    return { role, ...(await this.tried(() => this.props.deny(role).then(() => true as const))) };
  }

  private async list(agent: string, reason: string): Promise<StepResult> {
    const { tries, came, because = "" } = await this.tried(() => this.props.list(agent, reason).then(() => true));
    return came === undefined
      ? { step: "kill-list", outcome: "failed", tries, what: because }
      : { step: "kill-list", outcome: "done", tries, what: "no new pod of it starts" };
  }

  private tried<T>(act: () => Promise<T>): Promise<Tried<T>> {
    return tried(act, this.props.wait);
  }
}

function exchangeResult({ tries, came, because = "" }: Tried<ExchangeTold>): StepResult {
  if (came === undefined) return { step: "exchange", outcome: "failed", tries, what: because };
  // What lives on may be of another id: it is not told as stopped.
  if (came.known === false) return { step: "exchange", outcome: "failed", tries, what: UNKNOWN_CHAIN };
  const what = came.already ? "it was revoked before" : "exchange and gateway refuse from the next request on";
  return { step: "exchange", outcome: "done", tries, what };
}

async function notNeeded(step: StepName): Promise<StepResult> {
  return { step, outcome: "not needed", tries: 0, what: NOT_NEEDED };
}
