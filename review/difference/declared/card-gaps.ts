import { own } from "../../../domain";
import type { RegistrySkill } from "../../../domain/registry/ways";
import { brief, type RegistryAgent, type RegistryCard, type RegistryWay } from "../../reach/declared/registry";
import { type Gap, replacementGap } from "./gap";

type Shown = readonly [way: RegistryWay, agent: RegistryAgent];

/**
 * The card of a way in. Callers' models read it as they read a tool definition: the effect of another text
 * is unknown.
 */
export function cardGaps([was, before]: Shown, [is, now]: Shown, at: string): readonly Gap[] {
  // Another protocol is reported on its own.
  if (was.kind !== is.kind) return [];
  const known = textsOf(was.card, before.purpose);
  const said = textsOf(is.card, now.purpose);
  // So is a task that is newly served, or no longer.
  const isTold = (part: string): boolean => isIn(part, was.tasks) !== isIn(part, is.tasks);
  return [...new Set([...known.keys(), ...said.keys()])]
    .filter((part) => !isTold(part))
    .flatMap((part) =>
      replacementGap(known.get(part) ?? NOTHING, said.get(part) ?? NOTHING, () => ({
        kind: "trust",
        what: `its card says ${part}: ${brief(said.get(part) ?? NOTHING)}`,
        witness: "a caller that reads its card",
        at: `${at}.card`,
      })),
    );
}

const NOTHING = "nothing";

function isIn(part: string, tasks: readonly string[]): boolean {
  return tasks.some((task) => part === skillOf(task));
}

function skillOf(task: string): string {
  return `skill ${task}`;
}

/** Each part with its whole text */
function textsOf(card: RegistryCard | undefined, purpose: string): ReadonlyMap<string, string> {
  if (card === undefined) return new Map();
  const { version, description = purpose, inputModes, outputModes, streaming, skills } = card;
  const listed = Object.keys(skills)
    .sort()
    .map((task): [string, string] => [skillOf(task), skillText(own(skills, task) as RegistrySkill)]);
  return new Map([
    ["version", JSON.stringify(version)],
    ["description", JSON.stringify(description)],
    ["inputModes", JSON.stringify(inputModes)],
    ["outputModes", JSON.stringify(outputModes)],
    ["streaming", `${streaming}`],
    ...listed,
  ]);
}

function skillText({ name, description, tags, examples }: RegistrySkill): string {
  const [tagged, such] = [JSON.stringify(tags), JSON.stringify(examples)];
  return `${JSON.stringify(name)}, ${JSON.stringify(description)}, tags ${tagged}, examples ${such}`;
}
