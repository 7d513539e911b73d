import { bold, dim, green, printable, red, wrapped, yellow } from "../../terminal";
import { trailText } from "../cloudtrail/trail-report";
import { findingsText } from "../verify-report";
import { placeOf, type Step, type Story } from "./story";
import { commonFacts, ownFacts, summaryOf, timeText } from "./summary";

const PAINT = { done: green, refused: red, stopped: red, waiting: yellow } as const;
const MARKS = { done: "●", refused: "✕", stopped: "■", waiting: "◌" } as const;
/** Wide enough for the name of each lane */
const LANE = 10;
const INDENT = " ".repeat(27);

/** Each step in a line with what is known of it below */
export function storyText(story: Story): string {
  const { origin, size, root } = story.log;
  const first = story.steps[0]?.at ?? 0;
  const common = commonFacts(story);
  return [
    `${bold(`Transaction ${printable(story.txn)}`)}\n`,
    wrapped(printable(summaryOf(story)), ""),
    wrapped(printable(textOf(common)), "  "),
    dim(`each record compared with the signed root of ${size} entries of ${printable(origin)}, ${root}`),
    "\n",
    ...(story.cloudtrail === undefined
      ? []
      : [dim(wrapped(`CloudTrail: ${printable(trailText(story.cloudtrail))}`, ""))]),
    "\n",
    ...story.steps.map((step) => stepText({ ...step, facts: ownFacts(step, common) }, first)),
    findingsText(story.cloudtrail?.found.first ?? []),
  ].join("");
}

function stepText(step: Step, first: number): string {
  const { at, lane, state, title, facts, unaccounted } = step;
  const clock = `${timeText(at).slice(11, 19)} +${String(at - first).padStart(4)}s`;
  const head = `${clock}  ${PAINT[state](MARKS[state])} ${lane.padEnd(LANE)}`;
  const known = textOf(facts);
  const place = placeOf(step);
  return [
    `${head} ${printable(title)}\n`,
    ...(unaccounted === undefined ? [] : [red(wrapped(`NOT ACCOUNTED FOR: ${printable(unaccounted)}`, INDENT))]),
    wrapped(printable(known === "" ? place : `${known} [${place}]`), INDENT),
  ].join("");
}

function textOf(facts: Step["facts"]): string {
  return facts.map(([name, value]) => `${name} ${value}`).join(", ");
}
