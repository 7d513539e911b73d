import type { AccessTokenClaims } from "../../../runtime/exchange/access-token";
import type { Link, Run } from "../../../runtime/session/session";
import { userDigest } from "../../../runtime/session/user-digest";
import { DEEDS, type Deed, deedsOf, FLOW_AGENTS, type FlowAgent, type FlowTask } from "./flow-fleet";
import { FlowModel, knowerOf } from "./flow-model";
import { FlowWorld, type For, USERS } from "./flow-world";

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
}

export interface Scope {
  readonly tasks: readonly FlowTask[];
  /** Of those that `work` does */
  readonly deeds: readonly Deed[];
  readonly by: readonly For[];
  readonly waits: readonly number[];
  /** Whether nothing ends but by waiting until everything has: then it is of no matter when */
  readonly timeless: boolean;
  /** Tokens with which work is handed on that are kept at once */
  readonly mostHanded: number;
}

const MOST_RUNS = 2;

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
    const { tasks, by, waits } = this.scope;
    switch (kind) {
      case "start":
        return this.free().flatMap((agent) => tasks.flatMap((task) => by.map((who) => ({ kind, agent, task, by: who }))));
      case "use":
        return this.places().flatMap((place) => this.deedsAt(place).map((deed) => ({ kind, place, deed })));
      case "delegate": {
        const free = this.free();
        return this.movesOf("hand").flatMap((move) =>
          move.kind === "hand" && free.includes(move.agent) ? [{ ...move, kind }] : [],
        );
      }
      case "hand":
        return this.places().flatMap((place) => {
          const { run, task: of } = this.going[place] as Going;
          const others = of === "work" ? FLOW_AGENTS.filter((agent) => agent !== run.agent) : [];
          return others.flatMap((agent) => tasks.map((task) => ({ kind, place, agent, task })));
        });
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
        const answer = this.noted(await world.start(move.agent, move.task, move.by));
        return answer && this.begun(answer, move.task);
      }
      case "delegate":
      case "hand": {
        const { run } = this.going[move.place] as Going;
        const { agent, task } = move;
        const token = this.noted(await world.hand(run.agent as FlowAgent, run.run, `${agent}.${task}`));
        if (token === undefined) return undefined;
        model.handed(run, agent, world.now);
        if (move.kind === "delegate") {
          const answer = this.noted(await world.present(agent, task, token));
          return answer === undefined ? model.wrong(world.now) : this.begun(answer, task);
        }
        const { mostHanded } = this.scope;
        this.handed = [...this.handed, { token, agent, task }].slice(Math.max(0, this.handed.length + 1 - mostHanded));
        return model.wrong(world.now);
      }
      case "present": {
        const { token, agent, task } = this.handed[move.place] as Handed;
        const answer = this.noted(await world.present(agent, task, token));
        return answer && this.begun(answer, task);
      }
      case "use": {
        const { run, task } = this.going[move.place] as Going;
        const claims = this.noted(await world.again(run.agent as FlowAgent, move.deed, run.run, task));
        if (claims === undefined || this.noted(await world.use(move.deed, claims)) === undefined) return undefined;
        return model.use(run, DEEDS[move.deed], world.now);
      }
    }
  }

  /** Whether it would change nothing, whatever is answered, and be allowed rightly */
  public isIdle(move: Move): boolean {
    if (move.kind !== "use" || (move.deed !== "post" && move.deed !== "pay")) return false;
    return !this.model.minds((this.going[move.place] as Going).run, DEEDS[move.deed]);
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
   * The same for states that differ alone in which of the agents, which are all alike, and which of the users it is, and in what is
   * over. Runs of one knower are alike, and of what is connected it is of no matter how: by links, and in the model by
   * transactions.
   */
  public canonical(): string {
    const { now } = this.world;
    const seconds = this.scope.timeless ? () => "good" : (until: number) => until - now;
    const transactions = this.going.map(({ run }) => [knowerOf(run), run.txn] as const);
    const lines = [
      ...this.going.map(({ run, task }) =>
        [knowerOf(run), task, seconds(run.expiresAt), now - run.startedAt].join(" "),
      ),
      ...this.handed.map(({ token, agent, task }) => [agent, task, token.txn, seconds(token.exp)].join(" ")),
      ...groups(transactions).map((each) => `together ${each.filter((name) => name.includes("/"))}`),
      ...[...this.model.summary(now), ...this.world.stored()].map((each) =>
        plain(JSON.stringify(relative(each, now, seconds))),
      ),
    ];
    const all = PERMUTED.map((renamed) => nameless(lines.map(renamed).sort().join("\n")));
    return all.reduce((least, each) => (each < least ? each : least));
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
    return FLOW_AGENTS.filter((agent) => this.going.filter(({ run }) => run.agent === agent).length < MOST_RUNS);
  }

  private places(): readonly number[] {
    return this.going.map((_, place) => place);
  }

  private deedsAt(place: number): readonly Deed[] {
    const { task } = this.going[place] as Going;
    return task === "work" ? deedsOf(task).filter((deed) => this.scope.deeds.includes(deed)) : deedsOf(task);
  }
}

const DIGESTS = new Map(Object.entries(USERS).map(([name, user]) => [userDigest(user), name]));
const A_DIGEST = new RegExp([...DIGESTS.keys()].join("|"), "g");

/** With users by their names */
function plain(text: string): string {
  return text.replace(A_DIGEST, (digest) => DIGESTS.get(digest) as string);
}

/** All ways to exchange the names of agents, and of users */
const PERMUTED: readonly ((text: string) => string)[] = orders(FLOW_AGENTS).flatMap((agents) =>
  orders(Object.keys(USERS)).map((users) => {
    const before = [...FLOW_AGENTS, ...Object.keys(USERS)];
    const after = new Map([...agents, ...users].map((name, index) => [before[index] as string, name]));
    return (text: string) => text.replace(A_NAME, (name) => after.get(name) as string);
  }),
);
const A_NAME = new RegExp(`\\b(${[...FLOW_AGENTS, ...Object.keys(USERS)].join("|")})\\b`, "g");

function orders<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length < 2) return [all];
  return all.flatMap((first) => orders(all.filter((each) => each !== first)).map((rest) => [first, ...rest]));
}

/** Names of transactions in the order in which they appear */
function nameless(text: string): string {
  const named = new Map<string, string>();
  return text.replace(/id-of-the-number-\d+/g, (id) => {
    const name = named.get(id) ?? `#${named.size}`;
    named.set(id, name);
    return name;
  });
}

/** What is connected by pairs, however */
function groups(pairs: readonly (readonly [string, string])[]): readonly (readonly string[])[] {
  const of = new Map<string, Set<string>>();
  for (const [one, other] of pairs) {
    const both = new Set([one, other, ...(of.get(one) ?? []), ...(of.get(other) ?? [])]);
    for (const name of both) of.set(name, both);
  }
  return [...new Set(of.values())].map((each) => [...each].sort());
}

/** Without what is over and what names sessions; links as what they connect */
function relative(value: unknown, now: number, seconds: (until: number) => unknown): unknown {
  if (typeof value === "number") return value > now ? seconds(value) : value > 1e9 ? "over" : value;
  if (Array.isArray(value)) return value.map((each) => relative(each, now, seconds));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([name, each]) => !UNSEEN.includes(name) && !(typeof each === "number" && each <= now - 1_800))
    .map(([name, each]) => {
      if (name === "lastUsedAt") return [name, Math.min(1_800, now - (each as number))];
      if (name !== "links") return [name, relative(each, now, seconds)];
      const links = (each as readonly Link[]).filter(({ until }) => until > now);
      const ends = [...new Set(links.map(({ until }) => seconds(until)))];
      return [name, ends.map((end) => [end, groups(links.filter(({ until }) => seconds(until) === end).map(({ one, other }) => [one, other]))])];
    });
}

const UNSEEN = ["sid", "budgets", "done", "startedAt", "version"];
