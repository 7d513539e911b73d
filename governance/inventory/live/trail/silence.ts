import { lastServiceAttempt, namesOf } from "../attempted";
import { isCallOf, isCallOn } from "../called";
import { dayOf, latest } from "../last-time";
import type { DeployedCall, DeployedRole } from "../deployed";
import { type Access, unknown, type Verdict, type Window } from "../verdict";
import type { TrailHistory, TrailRecord } from "./record";
import { isSelected, type Recorded } from "./selected";

/** A digest is of an hour, and comes within the next one; what is in none yet shows uses, and its silence is not relied on for longer. */
const LATE_SECONDS = 4 * 3_600;

/** By so much access advisor may date a use later than the event */
const ADVISED_LATE_SECONDS = 86_400;

const ROLE = /^arn:([a-z-]+):iam::(\d{12}):/;

/**
 * Whether the trail proves that an access to objects or a table is unused: its files are whole over the days in the regions of the data,
 * its selectors take every such call, and none is there. What is not proven is unknown. Calls within the days are looked for before.
 *
 * @param at when it is asked (seconds since 1970)
 */
export function silence(
  access: Access,
  role: DeployedRole,
  { calls, record }: TrailHistory,
  window: Window,
  at: number,
): Exclude<Verdict, { readonly is: "used" }> {
  const { actions } = access;
  const last = lastPerhaps(access, role, calls);
  if ("unknown" in record) return unknown(record.unknown);
  for (const needed of [access, ...copiesOf(access)]) {
    const why = notRecorded(needed, role, record.known, window, at);
    if (why !== undefined)
      return unknown(needed === access ? why : `a copy to ${needed.data.name} reads it too: ${why}`);
  }
  const service = (actions[0] ?? "").split(":")[0] ?? "";
  const attempt = lastServiceAttempt(actions, role.uses);
  const shown = latest(
    calls.filter((call) => call.role === role.arn && call.action.startsWith(`${service}:`)).map((call) => call.at),
  );
  if (attempt >= window.from && attempt - shown > ADVISED_LATE_SECONDS)
    return unknown(`access advisor reports a use of ${service} on ${dayOf(attempt)} that the trail does not show`);
  const when = last === -Infinity ? `since ${dayOf(window.from)}` : `after ${dayOf(last)}`;
  const because = `${namesOf(actions).join(", ")} not called on it ${when}, by the digests of ${record.known.trail}`;
  return { is: "unused", by: "trail", because };
}

/** A copy reads an object, and is written down as a write of another. Source: S3 API Reference, CopyObject and UploadPartCopy */
function copiesOf({ actions, copiedTo }: Access): readonly Access[] {
  if (!actions.includes("s3:GetObject")) return [];
  return copiedTo.map((data) => ({ data, actions: ["s3:PutObject"], copiedTo: [] }));
}

/** Why not every such call is written down, in files that are all there */
function notRecorded(
  access: Access,
  role: DeployedRole,
  record: TrailRecord,
  window: Window,
  at: number,
): string | undefined {
  const data = recordedOf(access, role);
  if (typeof data === "string") return data;
  const regions = regionsOf(access, record);
  if (typeof regions === "string") return regions;
  for (const region of regions) {
    const why = notWhole(region, record, window, at) ?? notSelected(data(region), record, window);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The last call (seconds since 1970) that is such an access, or may be; minus infinity if there is none */
export function lastPerhaps({ data, actions }: Access, role: DeployedRole, calls: readonly DeployedCall[]): number {
  const perhaps = calls.filter(
    (call) => isCallOf(call, role) && isCallOn(call, data) && actions.some((action) => mayBe(call.action, action)),
  );
  return latest(perhaps.map((call) => call.at));
}

/** `s3:*` stands for any action of the service. */
function mayBe(called: string, action: string): boolean {
  return called === action || called === `${action.slice(0, action.indexOf(":"))}:*`;
}

/** Where calls are written down; or why that is not known */
function regionsOf(
  { data: { kind, place = "" } }: Access,
  { bucketsIn, tablesIn }: TrailRecord,
): readonly string[] | string {
  if (kind === "table") return tablesIn.length === 0 ? "the region of the table is not known" : tablesIn;
  const bucket = place.slice(0, place.indexOf("/"));
  const region = bucketsIn.get(bucket);
  if (region === undefined) return `the region of the bucket ${bucket} is not known`;
  return "unknown" in region ? region.unknown : [region.known];
}

/** What a trail has to write down of it, by region; or why it proves nothing of it */
function recordedOf(
  { data: { account, kind, place }, actions }: Access,
  { arn: role }: DeployedRole,
): ((region: string) => Recorded) | string {
  const [, partition, own] = ROLE.exec(role) ?? [];
  if (own === undefined || place === undefined) return "where it is kept is not known";
  if (account !== undefined && account !== own) return `it is kept in account ${account}`;
  if (kind === "bucket") return () => ({ type: "AWS::S3::Object", arn: `arn:${partition}:s3:::${place}`, actions });
  return (region) => {
    const arn = `arn:${partition}:dynamodb:${region}:${own}:table/${place}`;
    return { type: "AWS::DynamoDB::Table", arn, actions };
  };
}

function notWhole(region: string, { regions }: TrailRecord, window: Window, at: number): string | undefined {
  const whole = regions.get(region);
  if (whole === undefined) return `the trail has no digests of ${region}`;
  if (!(whole.from <= window.from))
    return `the trail's digests of ${region} are whole since ${timeOf(whole.from)} alone`;
  if (!(whole.until >= at - LATE_SECONDS)) return `the trail's digests of ${region} end at ${timeOf(whole.until)}`;
  return undefined;
}

function notSelected(data: Recorded, { selections, trail }: TrailRecord, window: Window): string | undefined {
  const [first] = selections;
  if (first === undefined) return `what the trail ${trail} writes down is not known`;
  if (!(first.since <= window.from))
    return `what the trail ${trail} writes down is known since ${timeOf(first.since)} alone`;
  const then = selections.filter((_, index) => (selections[index + 1]?.since ?? Infinity) > window.from);
  const missing = then.find(({ selectors }) => !isSelected(data, selectors));
  if (missing === undefined) return undefined;
  const during = missing === selections.at(-1) ? "does not write" : `did not always write`;
  return `the trail ${trail} ${during} down ${namesOf(data.actions).join(", ")} on all of it`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
