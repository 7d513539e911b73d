import type { Done, Outcome, Step } from "./step";

const SKIPPED = { result: "skipped", seconds: 0, cpuSeconds: 0 } as const;

/**
 * Runs steps side by side: in their order, each as soon as what it needs has passed and its cores are free. One that could
 * begin but for its cores is passed by those only that take none, so that it does not wait for all of them.
 *
 * A step whose need did not pass is skipped. A step that wants more cores than there are runs alone.
 *
 * @throws Error if a step needs one that does not stand before it
 */
export async function runSteps(
  steps: readonly Step[],
  cores: number,
  run: (step: Step) => Promise<Outcome>,
  tell: (done: Done) => void,
): Promise<readonly Done[]> {
  checkNeeds(steps);
  const done = new Map<string, Done>();
  const running = new Map<string, Promise<void>>();
  const waiting = [...steps];
  let free = cores;

  const end = (step: Step, outcome: Outcome): void => {
    const ended = { step, ...outcome };
    done.set(step.name, ended);
    tell(ended);
  };
  const start = (step: Step): void => {
    const taken = coresOf(step, cores);
    free -= taken;
    const ending = run(step).then((outcome) => {
      free += taken;
      running.delete(step.name);
      end(step, outcome);
    });
    running.set(step.name, ending);
  };

  for (;;) {
    let isFirst = true;
    // In one pass, as a step needs only steps that stand before it.
    for (const step of [...waiting]) {
      const needs = (step.needs ?? []).map((name) => done.get(name));
      const missing = needs.find((need) => need !== undefined && need.result !== "passed");
      if (missing === undefined && !needs.every((need) => need?.result === "passed")) continue;
      const fits = coresOf(step, cores) <= (isFirst ? free : 0) + ROUNDING;
      if (missing === undefined && !fits) {
        isFirst = false;
        continue;
      }
      waiting.splice(waiting.indexOf(step), 1);
      if (missing !== undefined) end(step, { ...SKIPPED, output: `needs ${missing.step.name}, which did not pass` });
      else start(step);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return steps.map(({ name }) => done.get(name) as Done);
}

/** Halves and quarters of cores add up exactly; other fractions may not. */
const ROUNDING = 1e-9;

function coresOf({ cores = 1 }: Step, all: number): number {
  return Math.min(cores, all);
}

function checkNeeds(steps: readonly Step[]): void {
  const before = new Set<string>();
  for (const { name, needs = [] } of steps) {
    const missing = needs.find((need) => !before.has(need));
    if (missing !== undefined) throw new Error(`step "${name}" needs "${missing}": list that before it`);
    before.add(name);
  }
}
