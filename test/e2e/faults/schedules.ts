/** What is harmed: the processes of a part together, wherever they run */
export const PARTS = [
  "exchange",
  "gateway",
  "authorizer",
  "opa",
  "spire-server",
  "spire-agent",
  "kubelet",
  "apiserver",
  "aws",
] as const;
export type PartName = (typeof PARTS)[number];

/** `kill`: SIGKILL. `stop`: SIGSTOP for a while. `cut`: requests, or the answers to them, get lost for a while. */
export type Harm = "cut" | "kill" | "stop";

export interface Fault {
  readonly part: PartName;
  readonly harm: Harm;
  /** Milliseconds from the beginning of its schedule */
  readonly after: number;
  /** Milliseconds for which it lasts; of what is killed, until it is started again where no kubelet does that */
  readonly lasts: number;
}

/** Of two different parts, or one */
export type Schedule = readonly Fault[];

const LATEST = 1_500;
const LASTS = { least: 1_000, most: 4_000 } as const;

/**
 * Each part is killed alone, in an order of chance; between these come pairs of chance, and behind them nothing but pairs.
 *
 * @param seed from which all of it follows
 */
export function schedulesOf(seed: number, count: number): readonly Schedule[] {
  const chance = chanceOf(seed);
  const alone = shuffled(PARTS, chance);
  const all: Schedule[] = [];
  while (all.length < count) {
    const part = all.length % 2 === 0 ? alone.pop() : undefined;
    all.push(part === undefined ? pair(chance) : [fault(part, "kill", chance)]);
  }
  return all;
}

/** One sentence for a person */
export function sentence(schedule: Schedule): string {
  return schedule.map(({ part, harm, after, lasts }) => `${part} ${SAID[harm](lasts)} after ${after} ms`).join(", ");
}

const SAID: Readonly<Record<Harm, (lasts: number) => string>> = {
  cut: (lasts) => `cut off for ${lasts} ms`,
  kill: () => "killed",
  stop: (lasts) => `stopped for ${lasts} ms`,
};

/** From 0 to below 1 */
type Chance = () => number;

function pair(chance: Chance): Schedule {
  return shuffled(PARTS, chance)
    .slice(0, 2)
    .map((part) => fault(part, chance() < 1 / 3 ? "stop" : killing(part), chance));
}

/** Beside another part AWS is cut off: that loses answers to what was done, which a process that is killed seldom does. */
function killing(part: PartName): Harm {
  return part === "aws" ? "cut" : "kill";
}

function fault(part: PartName, harm: Harm, chance: Chance): Fault {
  const after = Math.floor(chance() * LATEST);
  const lasts = LASTS.least + Math.floor(chance() * (LASTS.most - LASTS.least));
  return { part, harm, after, lasts };
}

function shuffled<T>(all: readonly T[], chance: Chance): T[] {
  const left = [...all];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(chance() * left.length), 1));
  return order;
}

/** Marsaglia's xorshift with 32 bits: the same in each version of Node */
function chanceOf(seed: number): Chance {
  // It stays at zero, and small seeds would begin alike.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
