import type { AccessTokenClaims } from "../../../runtime/exchange/access-token";
import type { Run } from "../../../runtime/session/session";
import { DEEDS, type Deed, FLOW_AGENTS, type FlowAgent } from "./flow-fleet";
import { FlowModel } from "./flow-model";
import { FlowWorld, type For } from "./flow-world";

export type Move =
  | { readonly kind: "start"; readonly agent: FlowAgent; readonly deed: Deed; readonly by: For }
  | { readonly kind: "use"; readonly place: number }
  | { readonly kind: "hand"; readonly place: number; readonly agent: FlowAgent; readonly deed: Deed }
  | { readonly kind: "present"; readonly place: number }
  | { readonly kind: "wait"; readonly seconds: number };

interface Going {
  readonly run: Run;
  readonly deed: Deed;
}

interface Handed {
  readonly token: AccessTokenClaims;
  readonly agent: FlowAgent;
  readonly deed: Deed;
}

export interface Scope {
  readonly deeds: readonly Deed[];
  readonly by: readonly For[];
  readonly waits: readonly number[];
}

const MOST_RUNS = 2;
const BELOW: Readonly<Record<FlowAgent, readonly FlowAgent[]>> = { ann: ["ben", "cat"], ben: ["cat"], cat: [] };

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
    const { deeds, by, waits } = this.scope;
    const free = FLOW_AGENTS.filter(
      (agent) => this.alive().filter(({ run }) => run.agent === agent).length < MOST_RUNS,
    );
    const places = this.going.map((_, place) => place).filter((place) => this.isAlive(place));
    return [
      ...free.flatMap((agent) =>
        deeds.flatMap((deed) => by.map((who) => ({ kind: "start" as const, agent, deed, by: who }))),
      ),
      ...places.filter((place) => this.going[place]?.deed !== "hand").map((place) => ({ kind: "use" as const, place })),
      ...places.flatMap((place) => {
        const { run, deed: of } = this.going[place] as Going;
        if (of !== "hand") return [];
        return BELOW[run.agent as FlowAgent].flatMap((agent) =>
          deeds.map((deed) => ({ kind: "hand" as const, place, agent, deed })),
        );
      }),
      ...this.handed.flatMap(({ agent }, place) => (free.includes(agent) ? [{ kind: "present" as const, place }] : [])),
      ...waits.map((seconds) => ({ kind: "wait" as const, seconds })),
    ];
  }

  /** @returns what is wrong about what was allowed; undefined for nothing */
  public async make(move: Move): Promise<string | undefined> {
    const { world, model } = this;
    switch (move.kind) {
      case "wait":
        world.now += move.seconds;
        model.talk(world.now);
        this.handed = this.handed.filter(({ token }) => token.exp > world.now);
        this.going = this.alive();
        return model.wrong(world.now);
      case "start": {
        const [delegate] = move.deed === "hand" ? BELOW[move.agent] : [];
        if (move.deed === "hand" && delegate === undefined) return undefined;
        const to = delegate && `${delegate}.post`;
        const answer = this.noted(await world.start(move.agent, move.deed, move.by, to));
        const wrong = answer && (await this.begun(answer, move.deed));
        if (answer === undefined || delegate === undefined) return wrong;
        this.model.handed(await world.run(answer.run), delegate, world.now);
        return model.wrong(world.now);
      }
      case "hand": {
        const { run } = this.going[move.place] as Going;
        const { agent, deed } = move;
        const token = this.noted(await world.hand(run.agent as FlowAgent, run.run, `${agent}.${deed}`));
        if (token === undefined) return undefined;
        model.handed(run, agent, world.now);
        this.handed = [...this.handed, { token, agent, deed }].slice(-2);
        return model.wrong(world.now);
      }
      case "present": {
        const { token, agent, deed } = this.handed[move.place] as Handed;
        const to = deed === "hand" ? BELOW[agent][0] : undefined;
        if (deed === "hand" && to === undefined) return undefined;
        const answer = this.noted(await world.present(agent, deed, token, to && `${to}.post`));
        if (answer !== undefined && to !== undefined) {
          const wrong = await this.begun(answer, deed);
          model.handed(await world.run(answer.run), to, world.now);
          return wrong ?? model.wrong(world.now);
        }
        return answer && this.begun(answer, deed);
      }
      case "use": {
        const { run, deed } = this.going[move.place] as Going;
        const claims = this.noted(await world.again(run.agent as FlowAgent, deed, run.run));
        if (claims === undefined || this.noted(await world.use(deed, claims)) === undefined) return undefined;
        return model.use(run, deed, world.now);
      }
    }
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

  /** The same for states that differ in names, and in what is over, alone */
  public canonical(): string {
    const { now } = this.world;
    const order = (run: Run, deed: Deed) =>
      [run.agent, deed, run.user?.subject ?? "", run.start, run.chain.length].join();
    const sorted = [...this.going].sort((a, b) => (order(a.run, a.deed) < order(b.run, b.deed) ? -1 : 1));
    const names = new Map<string, string>();
    const named = (id: string): string => {
      if (!names.has(id)) names.set(id, `#${names.size}`);
      return names.get(id) as string;
    };
    const runs = sorted.map(({ run, deed }) => [order(run, deed), named(run.txn), run.expiresAt - now]);
    const tokens = this.handed.map(({ token, agent, deed }) => [agent, deed, named(token.txn), token.exp - now]);
    const known = this.model.summary(now);
    const stored = this.world.stored().map(([partition, value]) => [partition, relative(value, now)]);
    const text = JSON.stringify([runs, tokens, known, stored.sort()]);
    return text.replace(/id-of-the-number-\d+/g, (id) => names.get(id) ?? "#over");
  }

  private async begun(claims: AccessTokenClaims, deed: Deed): Promise<string | undefined> {
    const run = await this.world.run(claims.run);
    this.model.began(run, this.world.now);
    this.going = [...this.going, { run, deed }];
    return this.model.wrong(this.world.now);
  }

  private noted<T>(answer: { readonly given: T } | { readonly codes: readonly string[] }): T | undefined {
    const names = "given" in answer ? ["given"] : answer.codes;
    for (const name of names) this.codes.set(name, (this.codes.get(name) ?? 0) + 1);
    return "given" in answer ? answer.given : undefined;
  }

  private alive(): readonly Going[] {
    return this.going.filter(({ run }) => run.expiresAt > this.world.now);
  }

  private isAlive(place: number): boolean {
    return (this.going[place]?.run.expiresAt ?? 0) > this.world.now;
  }
}

/** Times as seconds from now, nothing of what is over, and no names of sessions */
function relative(value: unknown, now: number): unknown {
  if (typeof value === "number") return value > now ? value - now : value > 1e9 ? "over" : value;
  if (Array.isArray(value)) return value.map((each) => relative(each, now));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(
      ([name, each]) =>
        !["sid", "budgets", "done", "startedAt"].includes(name) && !(typeof each === "number" && each <= now - 1_800),
    )
    .map(([name, each]) => [
      name,
      name === "lastUsedAt" ? Math.min(1_800, now - (each as number)) : relative(each, now),
    ]);
}

export const ALL_DEEDS = Object.keys(DEEDS) as Deed[];
