import { Construct } from "constructs";
import { allow, PolicyDocument } from "../../iam";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";
import { metricLogGroup } from "./private/collector-config";

/**
 * The role of the collector: it may write traces, and the log from which CloudWatch extracts metrics. It may read
 * nothing.
 */
export class CollectorRole extends Construct {
  public readonly roleArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const platform = platformOf(this);
    const { partition, region, account } = platform;
    const streams = `arn:${partition}:logs:${region}:${account}:log-group:${metricLogGroup(platform)}:*`;
    serviceRole(this, {
      name: platform.collectorRoleName,
      description: "Ambit collector of traces and metrics",
      account: { namespace: CONTROL_NAMESPACE, name: CONTROL_ACCOUNT.collector },
      policyName: "ambit-collector",
      access: PolicyDocument.of([
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams),
        allow("xray:PutTraceSegments", "*"),
      ]),
    });
    this.roleArn = platform.collectorRoleArn;
  }
}
