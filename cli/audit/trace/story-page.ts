import { printable } from "../../../domain/printable";
import { pageOf, pagePart } from "../../../review/report/page-of";
import { FILE_STATES, trailText } from "../cloudtrail/trail-report";
import { REMEDIES } from "../finding";
import { placeOf, type Step, type Story } from "./story";
import { LANES } from "./step-words";
import { commonFacts, ownFacts, summaryOf, timeText } from "./summary";

/** One page: the parties, the steps between them, and what is known of each step */
export function storyPage(story: Story): string {
  return pageOf({
    skeleton: pagePart("trace.html"),
    style: pagePart("trace.css"),
    script: pagePart("trace.js"),
    data: pageData(story),
  });
}

function pageData(story: Story): object {
  const { origin, size, root, witnesses } = story.log;
  const first = story.steps[0]?.at ?? 0;
  const common = commonFacts(story);
  return {
    txn: printable(story.txn),
    summary: printable(summaryOf(story)),
    log: { origin: printable(origin), size, root, witnesses: witnesses.map(printable) },
    lanes: LANES.filter((lane) => story.steps.some((step) => step.lane === lane)),
    trail: story.cloudtrail === undefined ? "" : printable(trailText(story.cloudtrail)),
    findings: (story.cloudtrail?.found.first ?? []).map(({ code, what }) => ({
      code,
      what: printable(what),
      fix: REMEDIES[code],
    })),
    common: shown(common),
    steps: story.steps.map((step) => pageStep(step, first, common)),
  };
}

function pageStep(step: Step, first: number, common: Step["facts"]): object {
  const { at, lane, state, kind, title, unaccounted } = step;
  return {
    time: timeText(at),
    after: at - first,
    lane,
    state,
    kind: printable(kind),
    title: printable(title),
    facts: shown(ownFacts(step, common)),
    file: step.file === undefined ? "" : FILE_STATES[step.file],
    place: printable(placeOf(step)),
    unaccounted: unaccounted === undefined ? "" : printable(unaccounted),
  };
}

function shown(facts: Step["facts"]): readonly (readonly string[])[] {
  return facts.map(([name, value]) => [printable(name), printable(value)]);
}
