import type { Budget } from "../budget";
import { refuse } from "../errors";
import type { Task } from "../task";
import type { ToolAction } from "../tool";
import type { ModelFeature } from "../tool-props";

/** By these a model reads more tokens than its request has bytes, and how many is not known before it answers. */
const UNBOUNDED: readonly ModelFeature[] = [
  "hosted-tools",
  "connectors",
  "url-inputs",
  "file-inputs",
  "media-inputs",
  "previous-responses",
];

/** Tokens are those of models, and what a call can use at most is known before it goes out. */
export function tokensAreBounded(task: Task, where: string): void {
  const models = modelActions(task);
  for (const budget of task.budgets.filter(({ counts }) => counts === "tokens")) {
    if (models.length === 0) {
      const what = "budget counts tokens, and the task calls no model";
      refuse("budget.malformed", where, `${what}: grant an action of a model in tools, or leave it out`);
    }
    for (const { name, action } of models.filter((model) => isCounted(model.name, budget))) {
      const allows = "model" in action.match ? action.match.allows : [];
      const unbounded = UNBOUNDED.find((feature) => allows.includes(feature));
      if (unbounded === undefined) continue;
      const what = `budget counts tokens of ${name}, which allows "${unbounded}", and the tokens that this call reads are known only afterwards`;
      refuse("budget.malformed", where, `${what}: leave the feature out, or count calls`);
    }
  }
}

/**
 * Nothing else limits what an agent starts repeatedly by itself: a budget per run or session would begin anew each
 * time.
 */
export function selfStartedModelsAreBounded(task: Task, where: string): void {
  if (!task.startedBy.includes("agent")) return;
  const lasting = task.budgets.filter(
    ({ counts, period }) => counts === "tokens" && (period === "hour" || period === "day"),
  );
  const free = modelActions(task).find(({ name }) => !lasting.some((budget) => isCounted(name, budget)));
  if (free !== undefined) {
    const what = `startedBy "agent" is refused with ${free.name} and no budget of tokens per hour or day for it`;
    refuse("start.agent-unbudgeted", where, `${what}: add budget: Budget.tokens(200_000, { per: "day" })`);
  }
  if (lasting.length > 0 && task.observed !== undefined) {
    const what = `startedBy "agent" is refused with a budget of tokens that is not enforced`;
    refuse("start.agent-unbudgeted", where, `${what}: write enforcement: "enforce", or leave it out`);
  }
}

function modelActions(task: Task): readonly { readonly name: string; readonly action: ToolAction }[] {
  return task.tools
    .filter(({ tool }) => tool.kind === "model")
    .flatMap(({ tool, actions }) => actions.map((action) => ({ name: `${tool.name}.${action.name}`, action })));
}

function isCounted(name: string, { actions }: Budget): boolean {
  return actions === undefined || actions.includes(name);
}
