import { trailFileName } from "../../audit/cloudtrail/trail-file-name";
import type { TrailFiles } from "../../audit/cloudtrail/trail-files";
import { type TrailKeys, trailKeysIn } from "../../audit/cloudtrail/public-keys";
import { isRegion } from "../../../governance/inventory/live/regions";
import { printedBy } from "../answers";
import type { AwsParts } from "../aws";

const DAY = 86_400;

/**
 * Public keys by which CloudTrail signed digests of these regions: a key signs in one region. Digests of what is no region have none.
 *
 * @param from since when (seconds since 1970)
 * @throws CliError if AWS does not answer
 */
export async function signingKeys(
  { digests }: Pick<TrailFiles, "digests">,
  from: number,
  at: number,
  { run }: AwsParts,
): Promise<TrailKeys> {
  const regions = new Set(digests.map((path) => trailFileName(path)?.region ?? "").filter(isRegion));
  const keys: (readonly [string, string])[] = [];
  for (const region of [...regions].sort()) {
    const time = (seconds: number): string => new Date(seconds * 1000).toISOString();
    const times = ["--start-time", time(from - DAY), "--end-time", time(at)];
    const asked = ["cloudtrail", "list-public-keys", `--region=${region}`, ...times, "--output", "json"];
    keys.push([`aws cloudtrail list-public-keys of ${region}`, await printedBy(run, "aws", asked)]);
  }
  return trailKeysIn(keys);
}
