import { byText } from "../../../domain/by-text";
import type { DeclaredAgent } from "../../../governance/inventory/live/declared";
import type { Asked } from "../../../governance/inventory/live/deployed";
import { isRegion } from "../../../governance/inventory/live/regions";
import { CliError } from "../../program";
import { answerOf } from "../answers";
import { atOnce } from "../at-once";
import type { AwsParts } from "../aws";

const AT_ONCE = 6;
/** Of buckets that were made before regions had names (S3 API Reference, GetBucketLocation) */
const FORMER: Readonly<Record<string, string>> = { EU: "eu-west-1" };
const WITHOUT = "us-east-1";

/** Region of each bucket of the account that active agents use: events on its objects are written down there. One that AWS does not tell is unknown. */
export async function bucketRegions(
  declared: readonly DeclaredAgent[],
  account: string,
  parts: AwsParts,
): Promise<ReadonlyMap<string, Asked<string>>> {
  const data = declared
    .filter(({ state }) => state === "active")
    .flatMap(({ tasks }) => tasks.flatMap((task) => task.data));
  const buckets = new Set(
    data.flatMap(({ kind, place, account: owner = account }) =>
      kind === "bucket" && place !== undefined && owner === account ? [place.slice(0, place.indexOf("/"))] : [],
    ),
  );
  const names = [...buckets].sort(byText);
  const regions = await atOnce(
    names,
    AT_ONCE,
    async (bucket) => [bucket, await regionOf(bucket, account, parts)] as const,
  );
  return new Map(regions);
}

async function regionOf(bucket: string, account: string, { run }: AwsParts): Promise<Asked<string>> {
  const asked = ["s3api", "get-bucket-location", `--bucket=${bucket}`, `--expected-bucket-owner=${account}`];
  try {
    const { LocationConstraint: told } = await answerOf(run, "aws", [...asked, "--output", "json"]);
    const region = typeof told === "string" ? (FORMER[told] ?? told) : told === null ? WITHOUT : "";
    return isRegion(region) ? { known: region } : { unknown: `AWS does not tell the region of the bucket ${bucket}` };
  } catch (error) {
    if (error instanceof CliError) return { unknown: error.message };
    throw error;
  }
}
