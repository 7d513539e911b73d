import { isRecord } from "../../domain/is-record";
import type { StarterConfig } from "./config";
import type { Occasion } from "./starter";

/** What an agent is sent is no larger: as much as EventBridge and, at first, SQS take */
const MOST_BYTES = 262_144;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** A message of SQS as Lambda hands it over (Lambda developer guide, "Using Lambda with Amazon SQS") */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
}

/** Nothing is started by it, however often it comes. One sentence with the reason. */
export class BadMessage extends Error {
  public override readonly name = "BadMessage";
}

/**
 * What the message tells of
 *
 * @throws BadMessage
 */
export function occasionOf(config: Pick<StarterConfig, "body" | "start">, { messageId, body }: QueueRecord): Occasion {
  if (config.start === "schedule") return { id: momentIn(body), body: JSON.stringify(config.body ?? {}) };
  const bytes = Buffer.byteLength(body);
  if (bytes > MOST_BYTES) {
    throw new BadMessage(`the event must be at most ${MOST_BYTES} bytes, got ${bytes}: send where the data is`);
  }
  return { id: eventIn(body) ?? messageId, body };
}

/** What the schedule's target says: the moment that it was meant for, the same in each delivery */
function momentIn(body: string): string {
  const value = parsed(body);
  const scheduled = isRecord(value) ? value.scheduled : undefined;
  if (typeof scheduled === "string" && MOMENT.test(scheduled)) return scheduled;
  throw new BadMessage("the schedule's message must say when it was scheduled: let the schedule's own target send it");
}

/** The event's own id, where two messages may bring the same one: of EventBridge, or of SNS */
function eventIn(body: string): string | undefined {
  const value = parsed(body);
  if (value === undefined) throw new BadMessage("the event must be JSON: send JSON");
  if (!isRecord(value)) return undefined;
  if (typeof value.id === "string" && typeof value["detail-type"] === "string") return `event ${value.id}`;
  return value.Type === "Notification" && typeof value.MessageId === "string" ? `topic ${value.MessageId}` : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
