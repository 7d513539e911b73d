import { refuse, shown } from "./errors";
import { plainString } from "./plain";

const RATE = /^rate\(([1-9]\d{0,6}) (minute|hour|day)(s?)\)$/;
const AT = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/;
const CRON = /^cron\(([^()]+)\)$/;

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Of each month, at most */
const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MINUTES = { minute: 1, hour: 60, day: 1_440 } as const;
const LONGEST_RATE_DAYS = 3_650;
const FIRST_YEAR = 2_000;
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** One of the six fields of `cron` (EventBridge Scheduler user guide, "Schedule types") */
interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names in place of numbers; the first one is `least` */
  readonly names: readonly string[];
  /** Besides lists, ranges and steps */
  readonly also: RegExp | undefined;
}

const FIELDS: readonly Field[] = [
  { name: "minutes", least: 0, most: 59, names: [], also: undefined },
  { name: "hours", least: 0, most: 23, names: [], also: undefined },
  { name: "day of month", least: 1, most: 31, names: [], also: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: "month", least: 1, most: 12, names: MONTHS, also: undefined },
  {
    name: "day of week",
    least: 1,
    most: 7,
    names: DAYS,
    also: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: "year", least: 1970, most: 2199, names: [], also: undefined },
];
const DAY_OF_MONTH = 2;
const MONTH = 3;
const DAY_OF_WEEK = 4;

/** When a schedule starts something */
export interface ScheduleTime {
  /** As EventBridge Scheduler takes it */
  readonly expression: string;
  /** Of IANA; undefined beside `rate`, which no zone moves */
  readonly timeZone: string | undefined;
}

/** @throws DeclarationError `starter.malformed` */
export function scheduleTime(at: unknown, timeZone: unknown, where: string): ScheduleTime {
  const expression = plainString(at, where, "at", "starter.malformed");
  const isRate = rate(expression, where);
  if (!isRate) moment(expression, where);
  if (isRate) {
    if (timeZone === undefined) return { expression, timeZone: undefined };
    const what = `timeZone must be left out beside ${shown(expression)}, which no time zone moves`;
    return refuse("starter.malformed", where, `${what}, got ${shown(timeZone)}: leave it out, or write cron(…)`);
  }
  return { expression, timeZone: zone(timeZone, where) };
}

function rate(expression: string, where: string): boolean {
  if (!expression.startsWith("rate(")) return false;
  const [, count, unit, plural] = RATE.exec(expression) ?? [];
  if (count === undefined || unit === undefined || (count === "1") !== (plural === "")) {
    const what = "at must be rate(1 minute), rate(5 minutes) and their like, of minutes, hours or days";
    refuse(
      "starter.malformed",
      where,
      `${what}, got ${shown(expression)}: write 1 with the singular, more with the plural`,
    );
  } else if (Number(count) * MINUTES[unit as keyof typeof MINUTES] > LONGEST_RATE_DAYS * MINUTES.day) {
    const what = `at must be a rate of at most ${LONGEST_RATE_DAYS} days, got ${shown(expression)}`;
    refuse("starter.malformed", where, `${what}: write a shorter one, or at(…) for once`);
  }
  return true;
}

function moment(expression: string, where: string): void {
  const [, once] = AT.exec(expression) ?? [];
  if (once !== undefined) {
    const time = new Date(`${once}Z`);
    // What a calendar does not have rolls over into the next day.
    if (Number.isNaN(time.getTime()) || !time.toISOString().startsWith(once)) {
      refuse("starter.malformed", where, `at names a moment that no calendar has, got ${shown(expression)}`);
    }
    if (time.getUTCFullYear() < FIRST_YEAR) {
      refuse("starter.malformed", where, `at must be of the year ${FIRST_YEAR} or later, got ${shown(expression)}`);
    }
    return;
  }
  const [, text] = CRON.exec(expression) ?? [];
  if (text === undefined) {
    const what = "at must be rate(…), cron(…) or at(…) as EventBridge Scheduler has them";
    refuse("starter.malformed", where, `${what}, got ${shown(expression)}: write one such as "cron(0 4 * * ? *)"`);
  }
  cron(text.split(" "), expression, where);
}

function cron(parts: readonly string[], expression: string, where: string): void {
  if (parts.length !== FIELDS.length) {
    const names = FIELDS.map(({ name }) => name).join(", ");
    const what = `cron must have six fields (${names}) with one space between them`;
    refuse("starter.malformed", where, `${what}, got ${parts.length} in ${shown(expression)}`);
  }
  const wrong = FIELDS.find((field, index) => !isSound(parts[index] as string, field));
  if (wrong !== undefined) {
    const got = parts[FIELDS.indexOf(wrong)];
    const what = `the field ${wrong.name} of cron must be within ${wrong.least} to ${wrong.most}`;
    refuse("starter.malformed", where, `${what}, got ${shown(got)} in ${shown(expression)}`);
  }
  const open = [DAY_OF_MONTH, DAY_OF_WEEK].filter((index) => parts[index] === "?");
  if (open.length !== 1) {
    const what = 'one of day of month and day of week must be "?", and not both';
    refuse("starter.malformed", where, `${what}, got ${shown(expression)}: write "?" for the one that does not matter`);
  }
  if (!hasDay(parts[DAY_OF_MONTH] as string, parts[MONTH] as string)) {
    const what = "the day of month of cron must be one that a month of it has";
    refuse("starter.malformed", where, `${what}, got ${shown(expression)}: write "L" for the last day`);
  }
}

/** Whether one of the months has the first of the days; what names no plain days and months has some. */
function hasDay(days: string, months: string): boolean {
  const firsts = days.split(",").map((day) => /^(\d{1,2})(?:-\d{1,2})?$/.exec(day)?.[1]);
  const named = months.split(",").map((month) => numberOf(month, FIELDS[MONTH] as Field));
  if (firsts.includes(undefined) || named.includes(undefined)) return true;
  const longest = Math.max(...named.map((month) => LENGTHS[(month as number) - 1] as number));
  return firsts.some((day) => Number(day) <= longest);
}

function isSound(text: string, field: Field): boolean {
  return field.also?.test(text) === true || text.split(",").every((part) => isPart(part, field));
}

/** `*`, a value or a range, each with a step */
function isPart(part: string, field: Field): boolean {
  const [range = "", step, ...more] = part.split("/");
  if (more.length > 0) return false;
  if (step !== undefined && !(/^[1-9]\d*$/.test(step) && Number(step) <= field.most)) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((end) => numberOf(end, field));
  const [first, last = first] = ends;
  return ends.length <= 2 && first !== undefined && last !== undefined && first <= last;
}

function numberOf(text: string, { least, most, names }: Field): number | undefined {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + least : /^(\d{1,2}|[1-9]\d{3})$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function zone(timeZone: unknown, where: string): string {
  if (timeZone === undefined) {
    const what = "timeZone must name the time zone in which the schedule is meant, got nothing";
    return refuse("starter.malformed", where, `${what}: write one such as "Europe/Berlin", or "UTC"`);
  }
  const name = plainString(timeZone, where, "timeZone", "starter.malformed");
  if (!isZone(name)) {
    const what = "timeZone must be a name of the IANA's time zones";
    return refuse(
      "starter.malformed",
      where,
      `${what}, got ${shown(name)}: write one such as "Europe/Berlin", or "UTC"`,
    );
  }
  return name;
}

/** A name as the IANA writes it, each part with a capital: Node takes offsets too, and any case. */
function isZone(name: string): boolean {
  if (name === "UTC") return true;
  if (!/^[A-Z][A-Za-z_]+(\/(?![A-Z]{4})[A-Z][A-Za-z0-9_+-]*){1,2}$/.test(name)) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone === name || timeZone.toLowerCase() !== name.toLowerCase();
  } catch {
    return false;
  }
}
