import type { Dataset } from "./dataset";
import { onlyKnown, refuse, shown } from "./errors";
import { isRecord } from "./is-record";
import type { Json } from "./json";
import { plainString } from "./plain";
import type { EventOrigin } from "./starter-props";

/** EventBridge takes no longer pattern (quota "Event pattern size"). */
const LONGEST_PATTERN = 2_048;
const DEEPEST_PATTERN = 8;
const MOST_SENDERS = 10;
const BUS = /^[A-Za-z0-9._-]{1,256}$/;
const BUCKET = /^arn:aws[a-z-]*:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;
/** A standard one (SQS developer guide, "Quotas"): one that keeps the order holds back what is behind a message that fails. */
const QUEUE = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,80}$/;
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/;
/** Fields of an event (EventBridge user guide, "Events") */
const FIELDS = ["account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"];

const KINDS = { "aws.dynamodb": "table", "aws.secretsmanager": "secret" } as const;

/** Where events come from, checked */
export type CheckedOrigin =
  | { readonly kind: "bus"; readonly bus: string; readonly pattern: Readonly<Record<string, Json>> }
  | { readonly kind: "senders"; readonly senders: readonly string[] }
  | { readonly kind: "queue"; readonly queue: string };

/** @throws DeclarationError `starter.malformed` */
export function originOf(from: EventOrigin, where: string): CheckedOrigin {
  if (!isRecord(from)) {
    return refuse("starter.malformed", where, `from must be { pattern }, { senders } or { queue }, got ${shown(from)}`);
  }
  if ("senders" in from) {
    onlyKnown(from, ["senders"], `${where} from`);
    return { kind: "senders", senders: sendersOf(from.senders, where) };
  }
  if ("queue" in from) {
    onlyKnown(from, ["queue"], `${where} from`);
    return { kind: "queue", queue: queueOf(from.queue, where) };
  }
  onlyKnown(from, ["bus", "pattern"], `${where} from`);
  const bus = plainString(from.bus ?? "default", where, "from.bus", "starter.malformed");
  if (!BUS.test(bus)) {
    const what = "from.bus must be the name of a bus of letters, digits, dots, hyphens and underscores";
    refuse("starter.malformed", where, `${what}, got ${shown(bus)}: write its name, not its ARN`);
  }
  return { kind: "bus", bus, pattern: patternOf(from.pattern, where) };
}

/** The bucket that the ARN names; undefined for a topic */
export function bucketOf(sender: string): string | undefined {
  return BUCKET.exec(sender)?.[1];
}

/**
 * S3 buckets whose events arrive, by the senders or by the pattern; `any` if a pattern matches those of every bucket
 */
export function bucketsOf(origin: CheckedOrigin): readonly string[] | "any" {
  if (origin.kind === "senders") return origin.senders.flatMap((sender) => bucketOf(sender) ?? []);
  if (origin.kind === "queue") return [];
  const { source, detail } = origin.pattern;
  if (!(source as readonly Json[]).includes("aws.s3")) return [];
  const bucket = isRecord(detail) ? detail.bucket : undefined;
  const names: unknown = isRecord(bucket) ? bucket.name : undefined;
  if (!Array.isArray(names)) return "any";
  const exact = names.filter((name): name is string => typeof name === "string");
  return exact.length === names.length ? exact : "any";
}

/** Kinds of data whose CloudTrail events, which AWS sends, a pattern matches */
export function kindsOf(origin: CheckedOrigin): readonly Dataset["kind"][] {
  if (origin.kind !== "bus") return [];
  const sources = origin.pattern.source as readonly Json[];
  return Object.entries(KINDS).flatMap(([source, kind]) => (sources.includes(source) ? [kind] : []));
}

function queueOf(queue: unknown, where: string): string {
  const arn = plainString(queue, where, "from.queue", "starter.malformed");
  if (QUEUE.test(arn)) return arn;
  const what = "from.queue must be the exact ARN of a standard queue in SQS";
  const fix = 'write one such as "arn:aws:sqs:eu-central-1:111122223333:orders"';
  return refuse("starter.malformed", where, `${what}, got ${shown(arn)}: ${fix}`);
}

function sendersOf(senders: unknown, where: string): readonly string[] {
  if (!Array.isArray(senders) || senders.length === 0 || senders.length > MOST_SENDERS) {
    const what = `from.senders must list 1 to ${MOST_SENDERS} ARNs of S3 buckets and SNS topics`;
    return refuse("starter.malformed", where, `${what}, got ${shown(senders)}`);
  }
  for (const sender of senders as readonly unknown[]) {
    const arn = plainString(sender, where, "from.senders", "starter.malformed");
    if (!BUCKET.test(arn) && !TOPIC.test(arn)) {
      const what = "from.senders must be exact ARNs of S3 buckets and SNS topics";
      refuse("starter.malformed", where, `${what}, got ${shown(arn)}: write one such as "arn:aws:s3:::acme-ci"`);
    }
  }
  return [...new Set(senders as readonly string[])].sort();
}

/** Each field holds a list of what is looked for, or fields again (EventBridge user guide, "Event patterns"). */
function patternOf(pattern: unknown, where: string): Readonly<Record<string, Json>> {
  if (!isRecord(pattern) || Object.keys(pattern).length === 0) {
    return refuse(
      "starter.malformed",
      where,
      `from.pattern must be an object of fields of an event, got ${shown(pattern)}`,
    );
  }
  const unknown = Object.keys(pattern).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    const what = `from.pattern must name fields of an event (${FIELDS.join(", ")})`;
    refuse("starter.malformed", where, `${what}, got ${shown(unknown)}: write what is the event's own below detail`);
  }
  const { source } = pattern;
  if (!Array.isArray(source) || source.length === 0 || !source.every((one) => typeof one === "string" && one !== "")) {
    const what = "from.pattern.source must list whose events start the task";
    refuse("starter.malformed", where, `${what}, got ${shown(source)}: write a list such as ["aws.s3"]`);
  }
  const wrong = wrongIn(pattern, "from.pattern", 1);
  if (wrong !== undefined) refuse("starter.malformed", where, wrong);
  const { length } = JSON.stringify(pattern);
  if (length > LONGEST_PATTERN) {
    refuse(
      "starter.malformed",
      where,
      `from.pattern must be at most ${LONGEST_PATTERN} characters of JSON, got ${length}`,
    );
  }
  return pattern as Readonly<Record<string, Json>>;
}

function wrongIn(fields: Readonly<Record<string, unknown>>, path: string, depth: number): string | undefined {
  if (depth > DEEPEST_PATTERN) return `${path} is nested more than ${DEEPEST_PATTERN} deep`;
  for (const [name, value] of Object.entries(fields)) {
    const at = `${path}.${name}`;
    if (isRecord(value)) {
      const wrong = wrongIn(value, at, depth + 1);
      if (wrong !== undefined) return wrong;
    } else if (!Array.isArray(value) || value.length === 0) {
      return `${at} must be a list that is not empty, or fields again, got ${shown(value)}: write a list, such as ["x"]`;
    }
  }
  return undefined;
}
