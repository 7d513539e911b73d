import { hash } from "node:crypto";
import { Flow } from "./flow";
import type { Move, Scope } from "./flow-moves";
import { canonical, nameless } from "./flow-states";

/**
 * Every state that is reached, each once, the nearest first, until nothing new appears or the depth is reached. Of states that
 * differ in names alone one is gone on from, and of its moves that do one is made. The last moves lead to nothing, so those are
 * made to which the oracle could object.
 *
 * @throws Error where something was allowed that must not be
 */
export async function explored(scope: Scope, most: number) {
  const flow = new Flow(scope);
  const [seen, known] = [new Set<string>(), new Set<string>()];
  const begin = flow.lines();
  added(known, nameless(begin));
  added(seen, canonical(begin)[0].text);
  let [level, depth, moves] = [[flow.save()], 0, 0];
  for (; level.length > 0 && depth < most; depth += 1) {
    const next: typeof level = [];
    const isLast = depth + 1 === most;
    for (const state of level) {
      flow.load(state);
      for (const move of movesOf(flow, isLast)) {
        flow.load(state);
        const wrong = await flow.make(move);
        moves += 1;
        if (wrong !== undefined) throw new Error(`${wrong}, at depth ${depth}, by ${JSON.stringify(move)}`);
        if (isLast) continue;
        const lines = flow.lines();
        if (added(known, nameless(lines)) && added(seen, canonical(lines)[0].text)) next.push(flow.save());
      }
    }
    level = next;
  }
  return { states: seen.size, depth, moves, whole: level.length === 0 && depth < most };
}

/** One of those that come to the same */
function movesOf(flow: Flow, isLast: boolean): readonly Move[] {
  const all = flow.moves().filter((move) => !flow.isIdle(move) && (!isLast || flow.mayBeWrong(move)));
  if (all.length < 2) return all;
  const renamed = canonical(flow.lines());
  const moves = new Map<string, Move>();
  for (const move of all) {
    const worded = flow.worded(move);
    const names = renamed.map(({ rename }) => rename(worded)).sort();
    moves.set(names[0] as string, move);
  }
  return [...moves.values()];
}

/** Whether it is new */
function added(set: Set<string>, text: string): boolean {
  const before = set.size;
  return set.add(hash("sha256", text, "base64url")).size > before;
}
