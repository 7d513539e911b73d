import { succeed } from "../../harness/process";
import { motoPython } from "../moto";
import type { Connection } from "./connection";

/** One call: a service as boto3 names it, an operation in its spelling, and its parameters */
export type Call = readonly [service: string, operation: string, parameters?: Readonly<Record<string, unknown>>];

const PROGRAM = `
import boto3, json, sys
connection, calls = json.loads(sys.argv[1])
made = dict(
    endpoint_url=connection["endpoint"],
    region_name=connection["region"],
    aws_access_key_id=connection["credentials"]["accessKeyId"],
    aws_secret_access_key=connection["credentials"]["secretAccessKey"],
)
answers = [getattr(boto3.client(call[0], **made), call[1])(**call[2]) for call in calls]
print(json.dumps(answers, default=str))
`;

/** The environment may name other accounts and endpoints, which are no business of the rehearsal. */
const ENVIRONMENT = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null", NO_PROXY: "127.0.0.1" };

/**
 * What AWS answers, in order. The SDK for Python comes with moto; that for JavaScript has one package per service, and
 * those of RDS, CloudFront and Secrets Manager are no dependencies.
 */
export async function answersOf(connection: Connection, calls: readonly Call[]): Promise<readonly unknown[]> {
  const asked = [connection, calls.map(([service, operation, parameters = {}]) => [service, operation, parameters])];
  const python = await motoPython();
  const { stdout } = await succeed(python, ["-c", PROGRAM, JSON.stringify(asked)], { env: ENVIRONMENT });
  return JSON.parse(stdout) as readonly unknown[];
}
