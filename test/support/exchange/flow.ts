import type { Run } from "../../../runtime/session/session";
import type { Item } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { DEEDS, type Deed, deedsOf, type FlowAgent, type FlowTask } from "./flow-fleet";
import { FlowModel } from "./flow-model";
import { plain, relative } from "./flow-states";
import { type Again, begunBy, chained, tried } from "./flow-again";
import type { Move, Scope } from "./flow-moves";
import { type Answer, FlowWorld } from "./flow-world";

type Done = (model: FlowModel) => string | undefined | void;

const KINDS: readonly Move["kind"][] = [
  "start",
  "use",
  "hand",
  "delegate",
  "present",
  "part",
  "answer",
  "join",
  "wait",
];
/** Refusals for what could be known */
const OF_FLOW = [
  "delegation.above-sensitivity",
  "mark.above-clearance",
  "mark.credential-below",
  "mark.reserved",
  "session.tainted",
];

interface Going {
  readonly run: Run;
  readonly task: FlowTask;
}

interface Handed {
  readonly token: AccessTokenClaims;
  readonly agent: FlowAgent;
  readonly task: FlowTask;
  /** The run that hands it on */
  readonly from: Run;
  /** Whether a run began with it: no other does */
  readonly used: boolean;
}

/** The real exchange and the models side by side, one move after another: that of messages objects to nothing, and all that the old counting allows is allowed. */
export class Flow {
  public readonly codes = new Map<string, number>();
  /** Moves that were allowed, and that the old counting objects to */
  public better = 0;
  private readonly world = new FlowWorld();
  private model = new FlowModel();
  private old = new FlowModel("transactions");
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
      case "part":
      case "answer":
        return this.handedOn().map((place) => ({ kind, place }));
      case "join":
        // Where time is of no matter it is as a further part is.
        if (this.scope.timeless) return [];
        return this.handedOn().flatMap((place) =>
          this.parentOf((this.going[place] as Going).run) === undefined ? [] : [{ kind, place }],
        );
      case "wait":
        return waits.map((seconds) => ({ kind, seconds }));
    }
  }

  /** @returns what is wrong about what was allowed, or refused; undefined for nothing */
  public async make(move: Move): Promise<string | undefined> {
    const { world, model } = this;
    switch (move.kind) {
      case "wait":
        world.now += move.seconds;
        this.each((one) => one.talk(world.now));
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
        const hands = (one: FlowModel): void => one.handed(run, agent, world.now);
        const given = await world.hand(run.agent as FlowAgent, run.run, `${agent}.${task}`);
        const token = this.noted(given);
        if (token === undefined) return this.refused(given, hands, { ...begunBy(run), delegate: `${agent}.${task}` });
        this.allowed(hands);
        if (move.kind === "delegate") return this.presented({ token, agent, task, from: run, used: false });
        const { mostHanded } = this.scope;
        this.handed = [...this.handed, { token, agent, task, from: run, used: false }].slice(
          Math.max(0, this.handed.length + 1 - mostHanded),
        );
        return model.wrong(world.now);
      }
      case "present": {
        const handed = this.handed[move.place] as Handed;
        const before = this.going.length;
        const wrong = await this.presented(handed);
        if (this.going.length === before) return wrong;
        if (handed.used) return `${handed.agent} began a second run with one token that hands work on`;
        this.handed = this.handed.map((one) => (one === handed ? { ...one, used: true } : one));
        return wrong;
      }
      case "part":
      case "answer": {
        const { run } = this.going[move.place] as Going;
        const says = (one: FlowModel): void =>
          move.kind === "part" ? one.asked(run, world.now) : one.answered(run, world.now);
        const given = await world.message(move.kind, run);
        if (this.noted(given) === undefined) return this.refused(given, says, this.askedAgain(run, move.kind));
        return this.allowed(says);
      }
      case "join": {
        const { run } = this.going[move.place] as Going;
        const parent = this.parentOf(run) as Run;
        const token = this.noted(await world.hand(parent.agent as FlowAgent, parent.run, `${run.agent}.${run.task}`));
        if (token === undefined) return undefined;
        const says = (one: FlowModel): void => one.asked(run, world.now);
        const given = await world.join(run, token);
        if (this.noted(given) === undefined) return this.refused(given, says, this.askedAgain(run, "part"));
        return this.allowed(says);
      }
      case "use": {
        const { run, task } = this.going[move.place] as Going;
        const { deed } = move;
        const uses = (one: FlowModel): string | undefined => one.use(run, DEEDS[deed], world.now);
        const again = { ...begunBy(run), deed };
        const token = await world.again(run.agent as FlowAgent, deed, run.run, task);
        const claims = this.noted(token);
        if (claims === undefined) return this.refused(token, uses, again);
        const used = await world.use(deed, claims);
        if (this.noted(used) === undefined) return this.refused(used, uses, again);
        return this.allowed(uses);
      }
    }
  }

  /** A request arrives with a token that hands work on. */
  private async presented({ token, agent, task, from }: Handed): Promise<string | undefined> {
    const { world } = this;
    const given = await world.present(agent, task, token);
    const answer = this.noted(given);
    if (answer !== undefined) return this.begun(answer, task);
    const hands = (one: FlowModel): string | undefined => {
      one.handed(from, agent, world.now);
      one.began({ ...from, agent }, world.now);
      // With the first token of the run comes what its task is for.
      const [deed] = task === "work" ? [] : deedsOf(task);
      return deed !== undefined && one.minds({ ...from, agent }, DEEDS[deed]) ? "it may not do its task" : undefined;
    };
    return this.refused(given, hands, { ...begunBy(from), delegate: `${agent}.work`, presents: true });
  }

  /** What was allowed is done in both models. */
  private allowed(does: Done): string | undefined {
    const { model, old, world } = this;
    if (!old.allows(does, world.now)) this.better += 1;
    does(old);
    return does(model) ?? model.wrong(world.now);
  }

  /**
   * What was refused for what could be known was refused by the old counting too, unless a read waits, which may be in the way; and it is allowed
   * after the time that it was told to wait.
   */
  private async refused(answer: Answer<unknown>, does: Done, again: Again): Promise<string | undefined> {
    if ("given" in answer) return undefined;
    const { old, world } = this;
    const isOfFlow = answer.codes.every((code) => OF_FLOW.includes(code));
    if (isOfFlow && !world.waits() && old.allows(does, world.now)) {
      return `${answer.codes}, which the old counting allows`;
    }
    return this.keptWaiting(answer, again);
  }

  private each(does: (model: FlowModel) => void): void {
    for (const model of [this.model, this.old]) does(model);
  }

  /** How who handed the work on asks once more, for an answer or not */
  private askedAgain(run: Run, of: "answer" | "part"): Again {
    const [hop] = run.chain.slice(-1);
    const delegate = `${run.agent}.work`;
    return { ...begunBy({ ...run, agent: hop?.agent ?? "" }), delegate, presents: true, answers: of === "answer" };
  }

  private parentOf({ chain }: Run): Run | undefined {
    return this.going.find(({ run }) => run.run === chain.at(-1)?.run)?.run;
  }

  private handedOn(): readonly number[] {
    return this.places().filter((place) => (this.going[place] as Going).run.chain.length > 0);
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
      case "hand":
        return this.scope.timeless && this.scope.mostHanded === 0;
      case "start":
        return (
          move.by !== "event" && this.isAlike(move, (run) => run.chain.length === 0 && begunBy(run).by === move.by)
        );
      case "delegate": {
        const { run: from } = this.going[move.place] as Going;
        const told = chained({ ...from, agent: move.agent, chain: [...from.chain, from] });
        return this.isAlike(move, (run) => chained(run) === told);
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
    return JSON.stringify({ ...move, place: [chained(run), task] });
  }

  /** To go on from later */
  public save() {
    const { world, model, old, going, handed } = this;
    return { world: world.snapshot(), model: model.copy(), old: old.copy(), going, handed };
  }

  public load({ world, model, old, going, handed }: ReturnType<Flow["save"]>): void {
    this.world.restore(world);
    this.model = model.copy();
    this.old = old.copy();
    this.going = going;
    this.handed = handed;
  }

  /**
   * What the state is: without what is over, and how it came about. Runs of one knower, for the same delegators, are alike. What the old counting
   * knows is left out: it is that of the first way to come to the state.
   */
  public lines(): readonly string[] {
    const { now } = this.world;
    const seconds = this.scope.timeless ? () => "good" : (until: number) => until - now;
    return [
      ...this.going.map(({ run, task }) => [chained(run), task, seconds(run.expiresAt), now - run.startedAt].join(" ")),
      ...this.handed.map(({ token, agent, task, used }) =>
        [agent, task, token.txn, seconds(token.exp), used].join(" "),
      ),
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
   * A request refused with a time to wait is allowed after it, in a new run, if nothing else happens meanwhile.
   *
   * @returns what is wrong; undefined for nothing
   */
  private async keptWaiting(answer: Answer<unknown>, again: Again): Promise<string | undefined> {
    if ("given" in answer || answer.retryAfter === undefined) return undefined;
    const { world } = this;
    const before = world.snapshot();
    world.now += answer.retryAfter;
    const last = await tried(this.world, again);
    world.restore(before);
    this.codes.set("waited", (this.codes.get("waited") ?? 0) + 1);
    return "given" in last ? undefined : `${answer.codes} after ${answer.retryAfter} s: ${last.codes}`;
  }

  /**
   * An agent asks, and retries after each time to wait, in a new run each time, while others act at random.
   *
   * @param meanwhile what they do until then
   * @returns how often it was told to wait before it was given
   * @throws Error where it is refused for something else, or told to wait more often than that
   */
  public async waitsFor(asked: Again, most: number, meanwhile: (until: number) => Promise<void>): Promise<number> {
    const codes: string[] = [];
    for (;;) {
      const answer = await tried(this.world, asked);
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

  private async begun(claims: AccessTokenClaims, task: FlowTask): Promise<string | undefined> {
    const run = await this.world.run(claims.run);
    this.going = [...this.going, { run, task }];
    return this.allowed((one) => one.began(run, this.world.now));
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
