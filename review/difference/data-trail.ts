import { isRecord } from "../../domain/is-record";
import type { Unknown } from "../change";
import { resourcesOf, type Estate, type Resource } from "../read/resource";
import { show } from "../read/json";

/** Data events that a trail records: of exactly this ARN, or of ARNs with this prefix */
interface Watched {
  readonly arn: string;
  readonly isPrefix: boolean;
}

interface Trail {
  readonly resource: Resource;
  readonly watched: readonly Watched[];
}

const TYPE = "aws_cloudtrail";
const GRANTS = ["aws_iam_policy", "aws_iam_role", "aws_iam_role_policy"] as const;
const ARN = /arn:[^"\\\s]+/g;

/**
 * Records that CloudTrail no longer writes: of data that principals in head still read or write, and digest files, which
 * prove that a log file is unchanged.
 */
export function trailUnknowns(base: Estate, head: Estate): readonly Unknown[] {
  const [before, after] = [trailsIn(base), trailsIn(head)];
  const granted = grantedIn(head);
  const lost = before.flatMap(({ resource, watched }) =>
    watched
      .filter((one) => !after.some((trail) => trail.watched.some((other) => covers(other, one))))
      .filter(({ arn }) => granted.some((prefix) => arn.startsWith(prefix) || prefix.startsWith(arn)))
      .map(({ arn }) => noted(resource, `data events of ${show(arn)}`, LOST)),
  );
  const unsigned = resourcesOf(head, TYPE).filter(
    ({ address, values }) => !isValidated(values) && isValidated(base.at(address)?.values ?? {}),
  );
  return [...lost, ...unsigned.map((resource) => noted(resource, "log file validation", UNSIGNED))];
}

const LOST = "no trail writes them down any more, and it is still granted: check that another account's does";
const UNSIGNED = "CloudTrail signs no digests any more: who changes or deletes its files is not found";

function noted({ address, file }: Resource, what: string, why: string): Unknown {
  return { what: `${what} in ${address.slice(address.indexOf("/") + 1)}`, why, source: { address, file } };
}

/** Trails that are logging */
function trailsIn(estate: Estate): readonly Trail[] {
  return resourcesOf(estate, TYPE)
    .filter(({ values }) => values["enable_logging"] !== false)
    .map((resource) => ({ resource, watched: watchedBy(resource.values) }));
}

function watchedBy(values: Resource["values"]): readonly Watched[] {
  const advanced = objectsIn(values["advanced_event_selector"]).flatMap((selector) =>
    objectsIn(selector["field_selector"])
      .filter(({ field }) => field === "resources.ARN")
      .flatMap((field) => [...textsIn(field["equals"], false), ...textsIn(field["starts_with"], true)]),
  );
  const basic = objectsIn(values["event_selector"]).flatMap((selector) =>
    objectsIn(selector["data_resource"]).flatMap((data) => textsIn(data["values"], data["type"] === "AWS::S3::Object")),
  );
  return [...advanced, ...basic];
}

function textsIn(value: unknown, isPrefix: boolean): readonly Watched[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.flatMap((arn) => (typeof arn === "string" ? [{ arn, isPrefix }] : []));
}

function objectsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter(isRecord);
}

function covers(after: Watched, { arn, isPrefix }: Watched): boolean {
  return after.isPrefix ? arn.startsWith(after.arn) : !isPrefix && arn === after.arn;
}

/** Prefixes of ARNs in policies, up to the first wildcard */
function grantedIn(estate: Estate): readonly string[] {
  const texts = GRANTS.flatMap((type) => resourcesOf(estate, type)).map(({ values }) => JSON.stringify(values));
  const arns = texts.flatMap((text) => text.match(ARN) ?? []);
  return [...new Set(arns.map((arn) => arn.split("*")[0] as string))];
}

function isValidated(values: Resource["values"]): boolean {
  return values["enable_log_file_validation"] === true;
}
