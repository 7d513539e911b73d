import { RECORDED_DAYS } from "../../../governance/inventory/live/called";
import type { Selection } from "../../../governance/inventory/live/trail/record";
import { type Selector, selectorsIn } from "../../../governance/inventory/live/trail/selectors";
import { type EventNode, nodeOf, textOf } from "../../audit/cloudtrail/role-session";
import { CliError } from "../../program";
import { type Answer, answerOf } from "../answers";
import type { AwsParts } from "../aws";
import { lookedUp, timeOf } from "../lookup";
import type { DeployedTrail } from "./deployed-trail";

const DAY = 86_400;
/** A change takes effect some time after its event, which AWS does not tell. */
const SETTLED_SECONDS = 3_600;
const CHANGED = "PutEventSelectors";
/** Requests that change what a trail writes down, or whether it does. Source: CloudTrail API Reference, Actions */
const CHANGES = ["CreateTrail", "DeleteTrail", CHANGED, "StartLogging", "StopLogging", "UpdateTrail"] as const;

/**
 * What a trail writes down, and since when that is known: from what it is told to now, and each change in CloudTrail's own event history,
 * which no trail can switch off, of at most 90 days.
 *
 * @param at when it is asked (seconds since 1970)
 * @throws CliError if AWS does not answer
 */
export async function selectionsOf(trail: DeployedTrail, at: number, parts: AwsParts): Promise<readonly Selection[]> {
  const { arn, region } = trail;
  const asked = ["cloudtrail", "get-event-selectors", `--region=${region}`, `--trail-name=${arn}`, "--output", "json"];
  const now = selectorsIn(await answerOf(parts.run, "aws", asked));
  if (now === undefined) throw new CliError(`AWS does not tell what ${arn} writes down`);
  const since = at - RECORDED_DAYS * DAY;
  const changes: Change[] = [];
  for (const name of CHANGES) {
    for await (const { events } of lookedUp({ region, name, since }, `events ${name}`, parts))
      changes.push(...events.filter((event) => isOf(event, name, trail)).map(changeIn));
  }
  return selectionsIn(changes, { since: at, selectors: now }, since);
}

interface Change {
  readonly at: number;
  /** Undefined if what was written down before goes on, as far as is known */
  readonly selectors: readonly Selector[] | "unreadable" | undefined;
}

/**
 * In the order of time. What the last change told holds until now, where it is compared with what AWS tells now: a change of the last
 * minutes need not be in the history yet.
 */
function selectionsIn(changes: readonly Change[], now: Selection, since: number): readonly Selection[] {
  const sorted = [...changes].sort((one, other) => one.at - other.at);
  let known: readonly Selection[] = [];
  for (const { at, selectors } of sorted) {
    const begun = at + SETTLED_SECONDS;
    if (selectors === "unreadable") known = [];
    else if (selectors !== undefined) known = [...known, { since: begun, selectors }];
    else known = known.slice(-1).map((last) => ({ since: begun, selectors: last.selectors }));
  }
  if (known.length > 0) return [...known, now];
  const last = sorted.at(-1);
  return [{ ...now, since: last === undefined ? since : last.at + SETTLED_SECONDS }];
}

function changeIn(event: Answer): Change {
  const isSelection = textOf(event, "eventName") === CHANGED;
  const selectors = isSelection ? (selectorsIn(nodeOf(event, "requestParameters")) ?? "unreadable") : undefined;
  return { at: timeOf(event), selectors };
}

/** Whether it is, or may be, a change of this trail */
function isOf(event: EventNode, name: string, { arn, name: own }: DeployedTrail): boolean {
  if (textOf(event, "eventName") !== name || textOf(event, "eventSource") !== "cloudtrail.amazonaws.com") return false;
  if (textOf(event, "errorCode") !== "") return false;
  const asked = nodeOf(event, "requestParameters");
  const named = textOf(asked, "name") || textOf(asked, "trailName");
  return named === "" || named.toLowerCase() === own.toLowerCase() || named === arn;
}
