import { isRecord } from "../../../domain/is-record";
import { type DeclaredAgent, declaredRoles } from "../../../governance/inventory/live/declared";
import type { Asked, DeployedCall } from "../../../governance/inventory/live/deployed";
import { regionsIn } from "../../../governance/inventory/live/regions";
import type { TrailHistory, TrailRecord } from "../../../governance/inventory/live/trail/record";
import { ReadError } from "../../../review/read/read-error";
import { openedTrail } from "../../audit/cloudtrail/opened-trail";
import { plainText } from "../../audit/cloudtrail/plain-text";
import type { TrailFiles } from "../../audit/cloudtrail/trail-files";
import { TrailValidation } from "../../audit/cloudtrail/trail-validation";
import { lookedThrough } from "../../audit/cloudtrail/validated-trail";
import { s3PlaceIn } from "../../audit/s3-place";
import { recordsIn } from "../../audit/trace/trail";
import { CliError } from "../../program";
import { progress } from "../../progress";
import type { AwsParts } from "../aws";
import { bucketRegions } from "./bucket-regions";
import { callsInEvent } from "./calls-in-event";
import { deployedTrail } from "./deployed-trail";
import { selectionsOf } from "./selections";
import { signingKeys } from "./signing-keys";

export interface TrailQuestion {
  /** Folder, or `s3://bucket/prefix` */
  readonly place: string;
  readonly region: string | undefined;
  readonly declared: readonly DeclaredAgent[];
  /** What synth wrote */
  readonly dir: string;
  /** Of the days, and when it is asked (seconds since 1970) */
  readonly from: number;
  readonly at: number;
}

export interface TrailRead {
  readonly history: TrailHistory;
  /** Whether nothing failed of what was to be proven: a trail without digests proves nothing, and is as it is. */
  readonly isWhole: boolean;
}

/**
 * Last calls of sessions of roles that the files of a trail show, and whether they prove that there were no others. What is not proven
 * keeps its reason: an event that is forged keeps a right, and takes none away.
 *
 * @throws CliError if a file cannot be read
 */
export async function trailHistory(question: TrailQuestion, parts: AwsParts): Promise<TrailRead> {
  const { place, region, declared, from, at } = question;
  const buckets = s3PlaceIn(place)?.bucket;
  const owner = ownerOf(declared);
  const files = await openedTrail(place, region, { from });
  try {
    const keys = await told(() => signingKeys(files, from, at, parts));
    const expected = { account: owner?.account, bucket: buckets };
    const validation = await TrailValidation.of(files, "known" in keys ? keys.known : undefined, expected);
    const calls = await callsIn(files, validation, declared, parts);
    const record = "unknown" in keys ? keys : await told(() => recordOf(question, owner, validation, parts));
    const isProven = "known" in record && [...record.known.bucketsIn.values()].every((region) => "known" in region);
    return { history: { calls, record }, isWhole: isProven || files.digests.length === 0 };
  } finally {
    files.close();
  }
}

async function callsIn(
  files: TrailFiles,
  validation: TrailValidation,
  declared: readonly DeclaredAgent[],
  { io }: AwsParts,
): Promise<readonly DeployedCall[]> {
  const prefixes = new Set(declared.flatMap(({ tasks }) => tasks.flatMap(({ data }) => data)).flatMap(prefixOf));
  const last = new Map<string, DeployedCall>();
  let read = 0;
  const reading = lookedThrough(files, validation, (path, bytes) => {
    read += 1;
    for (const record of recordsIn(path, plainText(path, bytes))) {
      for (const call of isRecord(record) ? callsInEvent(record, prefixes) : []) {
        const key = JSON.stringify([call.role, call.action, call.target, call.isPerhaps]);
        if ((last.get(key)?.at ?? -Infinity) < call.at) last.set(key, call);
      }
    }
  });
  await progress(io, () => `reading ${files.name}, ${read} of ${files.events.length} files until now`, reading);
  return [...last.values()];
}

/** @throws CliError if the files are not whole, or AWS does not answer */
async function recordOf(
  { declared, dir, at }: TrailQuestion,
  owner: Owner | undefined,
  validation: TrailValidation,
  parts: AwsParts,
): Promise<TrailRecord> {
  const { unvalidated, found, trail } = validation.ended();
  if (unvalidated !== undefined) throw new CliError(unvalidated);
  const [first] = found.first;
  if (first !== undefined) {
    const more = found.counts.reduce((sum, [, count]) => sum + count, 0) - 1;
    throw new CliError(`${first.what}${more === 0 ? "" : `, and ${more} more findings of ambit audit verify`}`);
  }
  if (trail === undefined || owner === undefined) throw new CliError("no digest tells of which trail the files are");
  const deployed = await deployedTrail(trail, owner.partition, parts);
  return {
    trail: deployed.name,
    regions: validation.regions,
    selections: await selectionsOf(deployed, at, parts),
    tablesIn: regionsIn(dir),
    bucketsIn: await bucketRegions(declared, owner.account, parts),
  };
}

interface Owner {
  readonly partition: string;
  readonly account: string;
}

/** Of the declared roles, if they are of one account */
function ownerOf(declared: readonly DeclaredAgent[]): Owner | undefined {
  const owners = new Map(
    [...declaredRoles(declared).keys()].map((arn) => {
      const [, partition = "", , , account = ""] = arn.split(":");
      return [`${partition} ${account}`, { partition, account }];
    }),
  );
  return owners.size === 1 ? [...owners.values()][0] : undefined;
}

function prefixOf({ kind, place }: { readonly kind?: string; readonly place?: string }): readonly string[] {
  return kind === "bucket" && place !== undefined ? [place] : [];
}

/** What keeps a proof from being there is its reason. */
async function told<T>(ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { known: await ask() };
  } catch (error) {
    if (error instanceof CliError || error instanceof ReadError) return { unknown: error.message };
    throw error;
  }
}
