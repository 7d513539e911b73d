import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ValidatedTrail } from "../../../cli/audit/cloudtrail/trail-validation";
import { HOUR, HOURS, TRAIL } from "../../support/audit/trail-tamperings";
import { REGION } from "../exchange/state-table";
import { succeed } from "../harness/process";
import { pythonWith } from "../harness/python";

const ROOT = resolve(__dirname, "../../..");
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: REGION,
  AWS_PROFILE: undefined,
};
const LIST_PUBLIC_KEYS = "CloudTrail_20131101.ListPublicKeys";

/** The Python of a virtual environment that holds AWS's own command line */
export function awsCliPython(): Promise<string> {
  return pythonWith("awscli", join(__dirname, "..", "engines", "awscli"));
}

/** In place of CloudTrail's API, which moto has without this operation: what its stand-in signs by */
export async function listsPublicKeys(keys: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    request.resume();
    const isKnown = request.headers["x-amz-target"]?.toString().endsWith(LIST_PUBLIC_KEYS) === true;
    response.writeHead(isKnown ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    response.end(isKnown ? keys : "{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export interface AwsSaid {
  readonly code: number;
  readonly text: string;
}

/** What `aws cloudtrail validate-logs` says of buckets. @param s3 and cloudtrail are http addresses */
export async function awsValidates(
  python: string,
  { s3, cloudtrail, folder }: { readonly s3: string; readonly cloudtrail: string; readonly folder: string },
  buckets: readonly string[],
): Promise<readonly AwsSaid[]> {
  const time = (seconds: number): string => new Date(seconds * 1_000).toISOString();
  const { account, name, since } = TRAIL;
  const trail = ["--trail-arn", `arn:aws:cloudtrail:${REGION}:${account}:trail/${name}`];
  const times = ["--start-time", time(since), "--end-time", time(since + (HOURS + 2) * HOUR)];
  const asked = buckets.map((bucket) => [
    "cloudtrail",
    "validate-logs",
    ...trail,
    ...times,
    "--s3-bucket",
    bucket,
    "--verbose",
  ]);
  const file = join(folder, "buckets.json");
  writeFileSync(file, JSON.stringify(asked));
  const env = {
    ...CREDENTIALS,
    AWS_DEFAULT_REGION: REGION,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_ENDPOINT_URL_S3: s3,
    AWS_ENDPOINT_URL_CLOUDTRAIL: cloudtrail,
  };
  const { stdout } = await succeed(python, [join(__dirname, "validate_logs.py"), file], { env });
  return JSON.parse(stdout) as readonly AwsSaid[];
}

/** What Ambit says of them, by S3 too. @param keys file with public keys */
export async function ambitValidates(
  s3: string,
  keys: string,
  buckets: readonly string[],
): Promise<readonly ValidatedTrail[]> {
  const script = `
    const { readFileSync } = require("node:fs");
    const { validatedTrail } = require(${JSON.stringify(join(ROOT, "cli/audit/cloudtrail/validated-trail.ts"))});
    const { trailKeysIn } = require(${JSON.stringify(join(ROOT, "cli/audit/cloudtrail/public-keys.ts"))});
    const keys = trailKeysIn([["keys", readFileSync(${JSON.stringify(keys)}, "utf8")]]);
    const of = (bucket) => validatedTrail({ place: "s3://" + bucket + "/AWSLogs/", region: undefined, keys });
    Promise.all(${JSON.stringify(buckets)}.map(of)).then((all) => process.stdout.write(JSON.stringify(all)));
  `;
  const env = { ...CREDENTIALS, AWS_ENDPOINT_URL_S3: s3 };
  const { stdout } = await succeed(process.execPath, ["-r", "@swc-node/register", "-e", script], { cwd: ROOT, env });
  return JSON.parse(stdout) as readonly ValidatedTrail[];
}
