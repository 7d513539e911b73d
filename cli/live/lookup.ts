import { isRecord } from "../../domain/is-record";
import { textOf } from "../audit/cloudtrail/role-session";
import { CliError } from "../program";
import { progress } from "../progress";
import { type Answer, answerOf, listIn, textIn } from "./answers";
import type { AwsParts } from "./aws";

/** The most that CloudTrail returns at once, and requests a second that it answers for an account in a region (CloudTrail API, LookupEvents) */
const PAGE = 50;
const PAGES_A_SECOND = 2;
/** Pages that the command line asks for before it ends: it does not wait between them. */
const PAGES_A_CALL = PAGES_A_SECOND;

export interface Lookup {
  readonly region: string;
  /** Of the events, such as `GetSecretValue` */
  readonly name: string;
  /** Seconds since 1970 */
  readonly since: number;
}

export interface LookedUp {
  /** As CloudTrail delivers them */
  readonly events: readonly Answer[];
  /** Whether there are no earlier ones */
  readonly isLast: boolean;
}

/**
 * Events of this name in the event history of CloudTrail, the latest first, a page at a time, by the AWS command line and with the rights
 * of the operator
 *
 * @param what for people: what they are, in the plural
 * @throws CliError if AWS does not answer
 */
export async function* lookedUp(lookup: Lookup, what: string, parts: AwsParts): AsyncGenerator<LookedUp> {
  let read = 0;
  for (let token: string | undefined; ;) {
    const page = await progress(
      parts.io,
      () => `reading CloudTrail in ${lookup.region}, ${read} ${what} until now`,
      paced(parts, () => pageOf(lookup, token, parts)),
    );
    const events = listIn(page, "Events").map(eventIn);
    read += events.length;
    const isLast = page["NextToken"] === undefined || page["NextToken"] === null;
    yield { events, isLast };
    if (isLast) return;
    const next = textIn(page, "NextToken");
    if (next === token) throw new CliError("AWS gives the same page of CloudTrail's event history again");
    token = next;
  }
}

/** @throws CliError if it tells no time */
export function timeOf(event: Answer): number {
  const at = Math.floor(Date.parse(textOf(event, "eventTime")) / 1000);
  if (Number.isFinite(at)) return at;
  throw new CliError(
    `eventTime must be a time such as "2026-12-01T12:00:00Z", got ${JSON.stringify(event["eventTime"])}`,
  );
}

function pageOf({ region, name, since }: Lookup, token: string | undefined, { run }: AwsParts): Promise<Answer> {
  return answerOf(run, "aws", [
    ...["cloudtrail", "lookup-events", "--region", region],
    ...["--lookup-attributes", `AttributeKey=EventName,AttributeValue=${name}`],
    ...["--start-time", new Date(since * 1000).toISOString()],
    ...["--page-size", String(PAGE), "--max-items", String(PAGE * PAGES_A_CALL)],
    ...(token === undefined ? [] : [`--starting-token=${token}`]),
    ...["--output", "json"],
  ]);
}

/** Waits after its requests, so that the next ones are not too many. */
async function paced(parts: AwsParts, ask: () => Promise<Answer>): Promise<Answer> {
  const page = await ask();
  const pages = Math.ceil(listIn(page, "Events").length / PAGE);
  if (pages > 0 && page["NextToken"] !== undefined) await parts.wait((pages * 1000) / PAGES_A_SECOND);
  return page;
}

/** The event as CloudTrail delivers it, which the command line has as text in its own */
function eventIn(event: Answer): Answer {
  let value: unknown;
  try {
    value = JSON.parse(textIn(event, "CloudTrailEvent"));
  } catch (error) {
    if (error instanceof CliError) throw error;
    value = undefined;
  }
  if (isRecord(value)) return value;
  throw new CliError("CloudTrailEvent must be an object as JSON: AWS answers something else");
}
