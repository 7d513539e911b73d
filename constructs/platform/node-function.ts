import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { codeOf } from "./function-code";
import { LogKey, type LogKeyProps } from "./key";

export interface NodeFunctionProps {
  readonly name: string;
  readonly description: string;
  readonly roleArn: string;
  /** Path of its archive */
  readonly path: string;
  /** Written into its environment as JSON */
  readonly config: object;
  readonly megabytes: number;
  /** For which one invocation may take */
  readonly seconds: number;
  /** Invocations at once, kept for it */
  readonly concurrency: number;
  readonly log: LogKeyProps;
  /**
   * What must be there before it.
   *
   * @default - its log
   */
  readonly after?: readonly ITerraformDependable[];
}

/** As CloudWatch Logs names it, and longer than is needed to find out what happened; the audit records are elsewhere. */
const LOG_DAYS = 365;

/** A function of ours, with its code and a log that is encrypted by a key of its own. In the scope these are `Resource`, `Code`, `Log` and `LogKey`. */
export function nodeFunction(scope: Construct, props: NodeFunctionProps): LambdaFunction {
  const log = new CloudwatchLogGroup(scope, "Log", {
    name: props.log.logGroup,
    retentionInDays: LOG_DAYS,
    kmsKeyId: new LogKey(scope, "LogKey", props.log).keyArn,
  });
  return new LambdaFunction(scope, "Resource", {
    functionName: props.name,
    description: props.description,
    role: props.roleArn,
    ...codeOf(scope, props.path),
    handler: "main.handler",
    runtime: "nodejs22.x",
    architectures: ["arm64"],
    memorySize: props.megabytes,
    timeout: props.seconds,
    reservedConcurrentExecutions: props.concurrency,
    environment: { variables: { AMBIT_CONFIG_JSON: JSON.stringify(props.config) } },
    loggingConfig: { logFormat: "Text", logGroup: log.name },
    dependsOn: [log, ...(props.after ?? [])],
  });
}
