import type { TrailIdentity } from "../../audit/cloudtrail/one-trail";
import { CliError } from "../../program";
import { answerOf, objectIn, textIn } from "../answers";
import type { AwsParts } from "../aws";

export interface DeployedTrail {
  readonly arn: string;
  readonly name: string;
  /** That it was made in */
  readonly region: string;
}

const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]{2,127})_([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/;

/**
 * The trail whose digests were read, as AWS has it: it delivers to the same bucket, with digests, and is switched on.
 *
 * @throws CliError if it is not so, or AWS does not answer
 */
export async function deployedTrail(
  { account, bucket, name: full }: TrailIdentity,
  partition: string,
  { run }: AwsParts,
): Promise<DeployedTrail> {
  const [, name, region] = NAME.exec(full) ?? [];
  if (name === undefined || region === undefined)
    throw new CliError(`the digests are of a trail that is named ${full}`);
  const arn = `arn:${partition}:cloudtrail:${region}:${account}:trail/${name}`;
  const ask = (command: string) =>
    answerOf(run, "aws", ["cloudtrail", command, `--region=${region}`, `--name=${arn}`, "--output", "json"]);
  const trail = objectIn(await ask("get-trail"), "Trail");
  if (textIn(trail, "TrailARN") !== arn)
    throw new CliError(`AWS answers about ${textIn(trail, "TrailARN")}, asked for ${arn}`);
  if (textIn(trail, "S3BucketName") !== bucket)
    throw new CliError(`${arn} delivers to the bucket ${textIn(trail, "S3BucketName")}, and its digests to ${bucket}`);
  if (trail["LogFileValidationEnabled"] !== true) throw new CliError(`${arn} is set to write no digests`);
  const status = await ask("get-trail-status");
  if (status["IsLogging"] !== true) throw new CliError(`${arn} is switched off`);
  for (const error of ["LatestDeliveryError", "LatestDigestDeliveryError"]) {
    const told = status[error];
    if (told !== undefined && told !== null && told !== "")
      throw new CliError(`${arn} cannot deliver: ${String(told)}`);
  }
  return { arn, name, region };
}
