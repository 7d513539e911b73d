import type { Run } from "../../../runtime/session/session";
import type { Item } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { DEEDS, type Deed, deedsOf, type FlowAgent, type FlowTask } from "./flow-fleet";
import { FlowModel, knowerOf } from "./flow-model";
import { groups, plain, relative } from "./flow-states";
import { type Answer, FlowWorld, type For } from "./flow-world";

export type Move =
  | { readonly kind: "start"; readonly agent: FlowAgent; readonly task: FlowTask; readonly by: For }
  | { readonly kind: "use"; readonly place: number; readonly deed: Deed }
  | {
      /** To hand work on is a message already; `delegate` begins a run with it too. */
      readonly kind: "delegate" | "hand";
      readonly place: number;
      readonly agent: FlowAgent;
      readonly task: FlowTask;
    }
  | { readonly kind: "present"; readonly place: number }
  | { readonly kind: "wait"; readonly seconds: number };
const KINDS: readonly Move["kind"][] = ["start", "use", "hand", "delegate", "present", "wait"];

interface Going {
  readonly run: Run;
  readonly task: FlowTask;
}

interface Handed {
  readonly token: AccessTokenClaims;
  readonly agent: FlowAgent;
  readonly task: FlowTask;
  /** Whether a run began with it: no other does */
  readonly used: boolean;
}

export interface Scope {
  readonly agents: readonly FlowAgent[];
  readonly tasks: readonly FlowTask[];
  /** Of those that `work` does */
  readonly deeds: readonly Deed[];
  readonly by: readonly For[];
  readonly waits: readonly number[];
  /** Whether nothing ends but by waiting until everything has: then it is of no matter when */
  readonly timeless: boolean;
  /** Of one agent, at once */
  readonly mostRuns: number;
  /** Tokens with which work is handed on that are kept at once */
  readonly mostHanded: number;
}

/** The real exchange and the model side by side, one move after another */
export class Flow {
  public readonly codes = new Map<string, number>();
  private readonly world = new FlowWorld();
  private model = new FlowModel();
  private going: readonly Going[] = [];
  private handed: readonly Handed[] = [];

  constructor(private readonly scope: Scope) {}

  /** What can be tried now */
  public moves(): readonly Move[] {
    return KINDS.flatMap((kind) => this.movesOf(kind));
  }

  public movesOf(kind: Move["kind"]): readonly Move[] {
    const { tasks, by, waits, mostHanded } = this.scope;
    switch (kind) {
      case "start":
        return this.free().flatMap((agent) =>
          tasks.flatMap((task) => by.map((who) => ({ kind, agent, task, by: who }))),
        );
      case "use":
        return this.places().flatMap((place) => this.deedsAt(place).map((deed) => ({ kind, place, deed })));
      case "delegate": {
        const free = this.free();
        return this.handings(tasks).flatMap((move) => (free.includes(move.agent) ? [{ ...move, kind }] : []));
      }
      case "hand":
        // Where no token is kept it is of no matter for which task it is: all are told the same.
        return this.handings(mostHanded > 0 ? tasks : tasks.slice(0, 1)).map((move) => ({ ...move, kind }));
      case "present": {
        const free = this.free();
        return this.handed.flatMap(({ agent }, place) => (free.includes(agent) ? [{ kind, place }] : []));
      }
      case "wait":
        return waits.map((seconds) => ({ kind, seconds }));
    }
  }

  /** @returns what is wrong about what was allowed; undefined for nothing */
  public async make(move: Move): Promise<string | undefined> {
    const { world, model } = this;
    switch (move.kind) {
      case "wait":
        world.now += move.seconds;
        model.talk(world.now);
        this.handed = this.handed.filter(({ token }) => token.exp > world.now);
        this.going = this.going.filter(({ run }) => run.expiresAt > world.now);
        return model.wrong(world.now);
      case "start": {
        const given = await world.start(move.agent, move.task, move.by);
        const answer = this.noted(given);
        if (answer !== undefined) return this.begun(answer, move.task);
        const [deed] = deedsOf(move.task);
        return deed && this.keptWaiting(given, { ...move, deed });
      }
      case "delegate":
      case "hand": {
        const { run } = this.going[move.place] as Going;
        const { agent, task } = move;
        const given = await world.hand(run.agent as FlowAgent, run.run, `${agent}.${task}`);
        const token = this.noted(given);
        if (token === undefined) return this.keptWaiting(given, { ...begunBy(run), delegate: `${agent}.${task}` });
        model.handed(run, agent, world.now);
        if (move.kind === "delegate") {
          const answer = this.noted(await world.present(agent, task, token));
          return answer === undefined ? model.wrong(world.now) : this.begun(answer, task);
        }
        const { mostHanded } = this.scope;
        this.handed = [...this.handed, { token, agent, task, used: false }].slice(
          Math.max(0, this.handed.length + 1 - mostHanded),
        );
        return model.wrong(world.now);
      }
      case "present": {
        const handed = this.handed[move.place] as Handed;
        const { token, agent, task, used } = handed;
        const answer = this.noted(await world.present(agent, task, token));
        if (answer === undefined) return undefined;
        if (used) return `${agent} began a second run with one token that hands work on`;
        this.handed = this.handed.map((one) => (one === handed ? { ...one, used: true } : one));
        return this.begun(answer, task);
      }
      case "use": {
        const { run, task } = this.going[move.place] as Going;
        const { deed } = move;
        const token = await world.again(run.agent as FlowAgent, deed, run.run, task);
        const claims = this.noted(token);
        if (claims === undefined) return this.keptWaiting(token, { ...begunBy(run), deed });
        const used = await world.use(deed, claims);
        if (this.noted(used) === undefined) return this.keptWaiting(used, { ...begunBy(run), deed });
        return model.use(run, DEEDS[move.deed], world.now);
      }
    }
  }

  /**
   * Whether it would change nothing, allowed or refused, and be allowed rightly: as a run would that is like another one
   * in everything, where time is of no matter.
   */
  public isIdle(move: Move): boolean {
    switch (move.kind) {
      case "use": {
        if (move.deed !== "post" && move.deed !== "pay") return false;
        return !this.model.minds((this.going[move.place] as Going).run, DEEDS[move.deed]);
      }
      case "start":
        return move.by !== "event" && this.isAlike(move, (run) => begunBy(run).by === move.by);
      case "delegate": {
        const { run: from } = this.going[move.place] as Going;
        return this.isAlike(move, (run) => knowerOf(run) === knowerOf({ ...from, agent: move.agent }));
      }
      default:
        return false;
    }
  }

  /** Whether the oracle could object to it: what it could not object to need not be made where nothing comes after it. */
  public mayBeWrong(move: Move): boolean {
    if (this.model.holds) return true;
    return move.kind === "use" && this.model.minds((this.going[move.place] as Going).run, DEEDS[move.deed]);
  }

  private isAlike({ agent, task }: Pick<Going, "task"> & { agent: string }, alike: (run: Run) => boolean): boolean {
    const { scope, going } = this;
    return scope.timeless && going.some((one) => one.run.agent === agent && one.task === task && alike(one.run));
  }

  /** The move in words, which are those of {@link lines} */
  public worded(move: Move): string {
    if (!("place" in move) || move.kind === "present") return JSON.stringify(move);
    const { run, task } = this.going[move.place] as Going;
    return JSON.stringify({ ...move, place: [knowerOf(run), task] });
  }

  /** To go on from later */
  public save() {
    return { world: this.world.snapshot(), model: this.model.copy(), going: this.going, handed: this.handed };
  }

  public load({ world, model, going, handed }: ReturnType<Flow["save"]>): void {
    this.world.restore(world);
    this.model = model.copy();
    this.going = going;
    this.handed = handed;
  }

  /**
   * What the state is: without what is over, and how it came about. Runs of one knower are alike, and of what is connected it is of no
   * matter how: by links, and in the model by transactions.
   */
  public lines(): readonly string[] {
    const { now } = this.world;
    const seconds = this.scope.timeless ? () => "good" : (until: number) => until - now;
    const transactions = this.going.map(({ run }) => [knowerOf(run), run.txn] as const);
    return [
      ...this.going.map(({ run, task }) =>
        [knowerOf(run), task, seconds(run.expiresAt), now - run.startedAt].join(" "),
      ),
      ...this.handed.map(({ token, agent, task, used }) =>
        [agent, task, token.txn, seconds(token.exp), used].join(" "),
      ),
      ...groups(transactions).map((each) => `together ${each.filter((name) => name.includes("/"))}`),
      ...this.model.summary(now).map((each) => JSON.stringify(relative(each, now, seconds))),
      ...this.world.stored().map((item) => this.told(item, now, seconds)),
    ].sort();
  }

  private readonly known = new WeakMap<object, { readonly now: number; readonly line: string }>();

  private told({ key, value }: Item, now: number, seconds: (until: number) => unknown): string {
    const known = this.known.get(value as object);
    if (known?.now === now) return known.line;
    const line = plain(JSON.stringify([key.partition, relative(value, now, seconds)]));
    this.known.set(value as object, { now, line });
    return line;
  }

  /**
   * What was refused with the time to wait is allowed after it, to a run that begins then, where nobody did anything meanwhile.
   *
   * @returns what is wrong; undefined for nothing
   */
  private async keptWaiting(answer: Answer<unknown>, again: Again): Promise<string | undefined> {
    if ("given" in answer || answer.retryAfter === undefined) return undefined;
    const { world } = this;
    const before = world.snapshot();
    world.now += answer.retryAfter;
    const last = await this.tried(again);
    world.restore(before);
    this.codes.set("waited", (this.codes.get("waited") ?? 0) + 1);
    return "given" in last ? undefined : `${answer.codes} after ${answer.retryAfter} s: ${last.codes}`;
  }

  /**
   * Somebody asks, and comes back whenever it was told to, in a run of its own, while others do what they like.
   *
   * @param meanwhile what they do until then
   * @returns how often it was told to wait before it was given
   * @throws Error where it is refused for something else, or told to wait more often than that
   */
  public async waitsFor(asked: Again, most: number, meanwhile: (until: number) => Promise<void>): Promise<number> {
    const codes: string[] = [];
    for (;;) {
      const answer = await this.tried(asked);
      if ("given" in answer) return codes.length;
      codes.push(`${answer.codes.join()} for ${answer.retryAfter} s`);
      if (answer.retryAfter === undefined || codes.length > most) {
        throw new Error(`${JSON.stringify(asked)} is never answered: ${codes.join("; ")}`);
      }
      const until = this.world.now + answer.retryAfter;
      await meanwhile(until);
      await this.make({ kind: "wait", seconds: until - this.world.now });
    }
  }

  /** Seconds until then, and no more than these */
  public secondsUntil(until: number, seconds: number): number {
    return Math.min(until - this.world.now, seconds);
  }

  private async tried({ agent, by, deed, delegate }: Again): Promise<Answer<unknown>> {
    const { world } = this;
    const token = await world.start(agent, delegate === undefined ? (deed ?? "work") : "work", by);
    if (!("given" in token)) return token;
    if (delegate === undefined) return deed === undefined ? token : world.use(deed, token.given);
    const handed = await world.hand(agent, token.given.run, delegate);
    if (deed === undefined || !("given" in handed)) return handed;
    const begun = await world.present(delegate.split(".")[0] as FlowAgent, deed, handed.given);
    return "given" in begun ? world.use(deed, begun.given) : begun;
  }

  private async begun(claims: AccessTokenClaims, task: FlowTask): Promise<string | undefined> {
    const run = await this.world.run(claims.run);
    this.model.began(run, this.world.now);
    this.going = [...this.going, { run, task }];
    return this.model.wrong(this.world.now);
  }

  private noted<T>(answer: { readonly given: T } | { readonly codes: readonly string[] }): T | undefined {
    const names = "given" in answer ? ["given"] : answer.codes;
    for (const name of names) this.codes.set(name, (this.codes.get(name) ?? 0) + 1);
    return "given" in answer ? answer.given : undefined;
  }

  private free(): readonly FlowAgent[] {
    return this.scope.agents.filter(
      (agent) => this.going.filter(({ run }) => run.agent === agent).length < this.scope.mostRuns,
    );
  }

  private handings(tasks: readonly FlowTask[]) {
    return this.places().flatMap((place) => {
      const { run, task: of } = this.going[place] as Going;
      const others = of === "work" ? this.scope.agents.filter((agent) => agent !== run.agent) : [];
      return others.flatMap((agent) => tasks.map((task) => ({ place, agent, task })));
    });
  }

  private places(): readonly number[] {
    return this.going.map((_, place) => place);
  }

  private deedsAt(place: number): readonly Deed[] {
    const { task } = this.going[place] as Going;
    return task === "work" ? deedsOf(task).filter((deed) => this.scope.deeds.includes(deed)) : deedsOf(task);
  }
}

/** What is tried by a run of its own: a deed, work that is handed on, or a deed of the delegate */
export interface Again {
  readonly agent: FlowAgent;
  readonly by: For;
  readonly deed?: Deed | undefined;
  /** `<agent>.<task>` */
  readonly delegate?: string | undefined;
}

function begunBy({ agent, user, evidence }: Run): Pick<Again, "agent" | "by"> {
  const by = user === null ? (evidence === null ? "self" : "event") : (user.subject as For);
  return { agent: agent as FlowAgent, by };
}
