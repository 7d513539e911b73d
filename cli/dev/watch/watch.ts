import type { Decision, DecisionInput } from "../../../domain";
import type { Act } from "../../../runtime/audit/audit";
import { userDigest } from "../../../runtime/store/user-digest";
import { BoundedMap } from "../bounded-map";
import { knowsMore, noteIn, personsIn, runIn, sessionsIn, stopIn, text } from "./acts";
import type { DecidedBy, Seen, SessionSeen, Whose } from "./events";
import type { Explainer, Told } from "./explainer";
import type { Feed } from "./feed";
import type { Facts, Observer, Part } from "./observer";

const KEPT_MILLISECONDS = 12 * 3_600_000;
const MOST_RUNS = 500;
/** Of calls that the policy has just refused, until the log says under which id */
const MOST_REFUSED = 64;
const REFUSED_MILLISECONDS = 10_000;
/** To be told */
const MOST_WAITING = 1_000;
const ANSWERS_PATH = "/runs/answers";
const OF_COMPANION = /^companion\./;
const ALLOWED = { kind: "decision", allowed: true, by: "gateway", reasons: [] } as const;

/**
 * Turns events of the platform into what a person watches. It adds no facts: runs and sessions are those of the
 * exchange's records, decisions those of the logs.
 */
export class Watch implements Observer {
  private readonly runs = new BoundedMap<Whose>(MOST_RUNS, KEPT_MILLISECONDS);
  private readonly sessions = new BoundedMap<SessionSeen>(MOST_RUNS, KEPT_MILLISECONDS);
  private readonly users = new BoundedMap<string>(MOST_RUNS, KEPT_MILLISECONDS);
  private readonly refused = new BoundedMap<DecisionInput>(MOST_REFUSED, REFUSED_MILLISECONDS);
  private explainer: Explainer | undefined;
  private approvals: string | undefined;
  /** One after the other, as they came: to explain a refusal takes a while. */
  private telling: Promise<void> = Promise.resolve();
  private waiting = 0;
  private lost = 0;

  constructor(private readonly feed: Feed) {}

  /** From when the fleet is known */
  public explainBy(explainer: Explainer): void {
    this.explainer = explainer;
  }

  /** https origin of the page on which people decide */
  public decideAt(page: string): void {
    this.approvals = page;
  }

  /** A user whose name may be shown: records have a digest alone. */
  public know(issuer: string, subject: string): void {
    this.users.set(userDigest({ issuer, subject }), subject);
  }

  /** Resolves once all received events are reported. */
  public async settled(): Promise<void> {
    await this.telling;
  }

  public act(act: Act): void {
    for (const { issuer, subject } of personsIn(act)) this.know(issuer, subject);
    const nameOf = (digest: string): string => this.users.get(digest) ?? `user ${digest.slice(0, 8)}`;
    const run = runIn(act, nameOf);
    const sessions = sessionsIn(act);
    const { approvals: page } = this;
    const note = noteIn(act, nameOf, (handle) => page && `${page}/requests/${handle}`);
    const stop = stopIn(act, nameOf);
    this.later(async () => {
      if (run !== undefined && (run.how === "joined" || this.runs.get(run.run) === undefined)) this.feed.tell(run);
      if (run !== undefined) {
        const { agent, task, txn } = run;
        this.runs.set(run.run, { agent, task, run: run.run, txn });
      }
      for (const session of sessions) this.session(session);
      if (note !== undefined) this.feed.tell(note);
      if (stop !== undefined) this.feed.tell(stop);
    });
  }

  public decision(input: DecisionInput, { decision, reasons }: Decision): void {
    if (decision === "allow" || input.call === null) return;
    this.refused.set(
      keyOf(
        input.call.tool,
        reasons.map(({ code }) => code),
      ),
      input,
    );
  }

  public line(of: Part, event: string, facts: Facts): void {
    if (of === "authorizer") this.ofAuthorizer(event, facts);
    else if (of === "exchange") this.ofExchange(event, facts);
    else this.ofCompanion(of.companion, event, facts);
  }

  private session(session: Omit<SessionSeen, "rose">): void {
    const before = this.sessions.get(session.sid);
    const rose = before !== undefined && knowsMore(before, session);
    const seen = { ...session, rose };
    this.sessions.set(session.sid, seen);
    if (before === undefined || rose) this.feed.tell(seen);
  }

  private ofAuthorizer(event: string, facts: Facts): void {
    const tool = text(facts, "tool");
    const codes = codesIn(facts);
    const decision = text(facts, "decision");
    switch (event) {
      case "call.allowed": {
        const what = `${tool}.${text(facts, "action")}`;
        return this.tell(() => ({ ...ALLOWED, ...this.whose(facts), what, decision }));
      }
      case "call.refused":
      case "answer.refused": {
        const input = this.refused.take(keyOf(tool, codes));
        const call = input?.call;
        const of = (): Whose => ({ ...this.whose(facts), ...(input && { agent: input.agent.name, task: input.task }) });
        const what = `${event === "answer.refused" ? "an answer of " : ""}${tool}${call ? `.${call.action}` : ""}`;
        const told = async (): Promise<Told> =>
          this.explained(codes, (by) => (input === undefined ? by.ofCodes(codes) : by.ofCall(input, codes)));
        return this.refusal("gateway", of, what, told, decision);
      }
      case "way.admitted": {
        const [agent, task] = [text(facts, "agent"), text(facts, "task")];
        const what = `request of ${text(facts, "way")}, started by ${text(facts, "start")}`;
        return this.tell(() => ({ ...ALLOWED, agent, task, what, decision }));
      }
      case "way.refused": {
        const told = async (): Promise<Told> => this.explained(codes, (by) => by.ofCodes(codes));
        return this.refusal("gateway", () => ({}), "request for an agent", told, decision);
      }
    }
  }

  private ofExchange(event: string, facts: Facts): void {
    if (event !== "request.refused") return;
    const codes = codesIn(facts);
    const whose = (): Whose => this.whose(facts);
    const isAnswer = facts["path"] === ANSWERS_PATH || facts["way"] !== undefined;
    const audience = text(facts, "audience");
    const what = isAnswer ? "an answer" : audience === "" ? "a run" : `token for ${audience}`;
    const told = async (): Promise<Told> => this.explained(codes, (by) => by.ofLine({ event, ...facts }, codes));
    this.refusal("exchange", whose, what, told, text(facts, "txn"));
    if (isAnswer) this.tell(() => ({ kind: "answer-cut", ...whose(), what: codes.join(", ") }));
  }

  /** What the exchange or the gateway refused, they tell themselves. */
  private ofCompanion(agent: string, event: string, facts: Facts): void {
    const codes = codesIn(facts);
    if (event === "request.served") {
      const what = `request of ${text(facts, "way")}`;
      return this.tell(() => ({ kind: "served", ...this.whose(facts), agent, what }));
    }
    if (event !== "request.refused" || !codes.every((code) => OF_COMPANION.test(code))) return;
    const told = async (): Promise<Told> => this.explained(codes, (by) => by.ofCodes(codes));
    this.refusal("companion", () => ({ agent }), "a request", told, "");
  }

  private refusal(by: DecidedBy, whose: () => Whose, what: string, told: () => Promise<Told>, decision: string): void {
    this.later(async () => {
      const { reasons, remedy } = await told();
      this.feed.tell({
        kind: "decision",
        allowed: false,
        by,
        ...whose(),
        what,
        reasons,
        ...(remedy && { remedy }),
        ...(decision !== "" && { decision }),
      });
    });
  }

  private tell(seen: () => Seen): void {
    this.later(async () => this.feed.tell(seen()));
  }

  private async explained(codes: readonly string[], by: (explainer: Explainer) => Promise<Told> | Told): Promise<Told> {
    if (this.explainer === undefined) return { reasons: codes.map((code) => ({ code, what: "", fix: "" })) };
    return by(this.explainer);
  }

  /** A line of the log has what it knows; the rest is the run's. */
  private whose(facts: Facts): Whose {
    const run = text(facts, "run");
    const known = this.runs.get(run) ?? {};
    const agent = text(facts, "agent");
    const said = { task: text(facts, "task"), run, txn: text(facts, "txn") };
    return {
      ...(agent !== "" && !agent.startsWith("spiffe:") && { agent }),
      ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "")),
      ...known,
    };
  }

  /** Of what comes faster than it can be told, the number alone is. */
  private later(act: () => Promise<void>): void {
    if (this.waiting >= MOST_WAITING) {
      this.lost += 1;
      return;
    }
    this.waiting += 1;
    this.telling = this.telling
      .then(act)
      .catch(() => undefined)
      .then(() => {
        this.waiting -= 1;
        if (this.waiting > 0 || this.lost === 0) return;
        this.feed.tell({ kind: "lost", what: `${this.lost} events came faster than they could be told` });
        this.lost = 0;
      });
  }
}

function keyOf(tool: string, codes: readonly string[]): string {
  return `${tool} ${[...codes].sort().join()}`;
}

function codesIn({ codes }: Facts): readonly string[] {
  return Array.isArray(codes) ? codes.filter((code): code is string => typeof code === "string") : [];
}
