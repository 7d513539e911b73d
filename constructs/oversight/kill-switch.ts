import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import { EksAccessEntry } from "@cdktf/provider-aws/lib/eks-access-entry";
import type { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionEventInvokeConfig } from "@cdktf/provider-aws/lib/lambda-function-event-invoke-config";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1";
import { Construct } from "constructs";
import { KILL_SWITCH_KEY_USE, killSwitchIssuer } from "../../domain/kill-order";
import type { AlarmInput } from "../aws/alarm";
import type { TopicInput } from "../aws/topic";
import { functionCode } from "../platform/function-code";
import { CONTROL_NAMESPACE, KILL_LIST, KILL_SWITCH_GROUP } from "../platform/names";
import { nodeFunction } from "../platform/node-function";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import type { KillList } from "./kill-list";
import { killAlarms } from "./private/kill-alarms";
import { checkedKillSwitch } from "./private/kill-switch-checks";
import { killSwitchPlaces } from "./private/kill-switch-places";

export interface KillSwitchProps {
  /** What it writes */
  readonly list: KillList;
  /**
   * Claim `iss` of the exchange's tokens, which orders are for.
   *
   * @default - `https://exchange.<trust domain>`
   */
  readonly exchange?: string;
  /**
   * https address at which the exchange answers outside the VPC, without a path.
   *
   * @default - `exchange`
   */
  readonly exchangeAddress?: string;
  /**
   * Authorities that vouch for the exchange's certificate, in PEM: 2,048 characters at most. They must outlive what they vouch for, so
   * name a root, not an authority that SPIRE's server makes for itself.
   *
   * @default - those that Node trusts
   */
  readonly exchangeCa?: string;
  /**
   * SPIFFE ID that the exchange's certificate must show in place of a host name, where the address leads to its pods.
   *
   * @default - the address's host
   */
  readonly exchangeSpiffeId?: string;
  /**
   * From which severity on a finding of GuardDuty on an agent's role stops the agent; 1 to 10, or never.
   *
   * @default 7
   */
  readonly findingsFrom?: number | "never";
  /**
   * Alarms of CloudWatch that may call it, of the platform's account and region. The metric of each names the agent in the dimension `Agent`.
   *
   * @default - none
   */
  readonly alarms?: readonly AlarmInput[];
  /**
   * SNS topic of the platform's region that is notified of failed steps.
   *
   * @default - none; the alarms show in CloudWatch
   */
  readonly alarmTopic?: TopicInput;
  /**
   * Path of the function's code, the archive that `npm run bundles` makes.
   *
   * @default - the one in this package
   */
  readonly code?: string;
}

const MEGABYTES = 256;
/** Three tries of each step, with what lies between them, and some more */
const SECONDS = 60;
const AT_ONCE = 5;
/** For which Lambda tries an event again that was not carried out (Lambda, asynchronous invocation) */
const RETRY = { seconds: 3_600, times: 2 } as const;
const RBAC = "rbac.authorization.k8s.io";

/**
 * A function that stops agents, with three rights: attach AWSDenyAll to roles of agents, order the exchange to revoke, and write the list
 * of killed agents. A command calls it, findings of GuardDuty, and alarms.
 *
 * Terraform owns neither what it attaches nor the list's data, so that no deploy lifts a kill.
 */
export class KillSwitch extends Construct {
  public readonly functionName: string;
  private readonly code: LambdaFunction;

  /** @throws DeclarationError `kill-switch.malformed`, and `property.unknown` */
  constructor(scope: Construct, id: string, props: KillSwitchProps) {
    super(scope, id);
    const platform = platformOf(this);
    const where = `[${this.node.path}]`;
    const { findingsFrom, alarms, actions } = checkedKillSwitch(platform, props, where);
    const { name, logGroup } = killSwitchPlaces(platform);
    this.functionName = name;
    this.letIn(platform, props.list);
    const code = (this.code = nodeFunction(this, {
      name,
      description: "Ambit kill switch",
      roleArn: platform.killSwitchRoleArn,
      path: functionCode("kill-switch", props.code, where, "kill-switch.malformed"),
      config: killSwitchConfig(platform, props),
      megabytes: MEGABYTES,
      seconds: SECONDS,
      concurrency: AT_ONCE,
      log: { logGroup, of: { alias: "kill-switch-logs", whose: "the kill switch" } },
    }));
    new LambdaFunctionEventInvokeConfig(this, "Retries", {
      functionName: code.functionName,
      maximumRetryAttempts: RETRY.times,
      maximumEventAgeInSeconds: RETRY.seconds,
    });
    if (findingsFrom !== "never") this.onFindings(platform, code, findingsFrom);
    this.onAlarms(alarms);
    killAlarms(this, { name, logGroup, code, actions });
  }

  /**
   * Let an alarm call it.
   *
   * @param id of the alarm among those that do
   * @param alarm its exact ARN; its metric names one agent
   * @returns what the alarm calls, and what it needs first
   */
  public calledBy(id: string, alarm: string): { readonly functionArn: string; readonly permission: LambdaPermission } {
    const permission = this.permit(`Alarm-${id}`, `alarm-of-${id}`, alarm);
    return { functionArn: killSwitchPlaces(platformOf(this)).functionArn, permission };
  }

  /** The cluster knows its role by an access entry, and lets it change one ConfigMap: no right of IAM is needed for that. */
  private letIn({ cluster, killSwitchRoleArn }: Platform, list: KillList): void {
    const entry = new EksAccessEntry(this, "AccessEntry", {
      clusterName: cluster.name,
      principalArn: killSwitchRoleArn,
      kubernetesGroups: [KILL_SWITCH_GROUP],
      type: "STANDARD",
    });
    const name = "ambit-kill-switch";
    const metadata = { name, namespace: CONTROL_NAMESPACE };
    const role = new RoleV1(this, "ListRole", {
      metadata,
      rule: [{ apiGroups: [""], resources: ["configmaps"], resourceNames: [KILL_LIST], verbs: ["patch"] }],
      dependsOn: [...list.ready],
    });
    new RoleBindingV1(this, "ListBinding", {
      metadata,
      roleRef: { apiGroup: RBAC, kind: "Role", name },
      subject: [{ apiGroup: RBAC, kind: "Group", name: KILL_SWITCH_GROUP }],
      dependsOn: [role, entry],
    });
  }

  private onFindings(platform: Platform, code: LambdaFunction, severity: number): void {
    const rule = new CloudwatchEventRule(this, "Findings", {
      name: `${platform.killSwitchName}-findings`,
      description: "Findings of GuardDuty on a role of an agent",
      eventPattern: JSON.stringify({
        source: ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        detail: {
          severity: [{ numeric: [">=", severity] }],
          accountId: [platform.account],
          resource: { accessKeyDetails: { userType: ["AssumedRole"], userName: [{ prefix: `${platform.name}.` }] } },
        },
      }),
    });
    const permission = new LambdaPermission(this, "FindingsPermission", {
      statementId: "findings",
      action: "lambda:InvokeFunction",
      functionName: code.functionName,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
      sourceAccount: platform.account,
    });
    new CloudwatchEventTarget(this, "FindingsTarget", { rule: rule.name, arn: code.arn, dependsOn: [permission] });
  }

  private permit(id: string, statementId: string, alarm: string): LambdaPermission {
    return new LambdaPermission(this, id, {
      statementId,
      action: "lambda:InvokeFunction",
      functionName: this.code.functionName,
      principal: "lambda.alarms.cloudwatch.amazonaws.com",
      sourceArn: alarm,
      sourceAccount: platformOf(this).account,
    });
  }

  private onAlarms(alarms: readonly string[]): void {
    alarms.forEach((alarm, index) => this.permit(`AlarmPermission-${index}`, `alarm-${index}`, alarm));
  }
}

/** As runtime/kill-switch/config.ts reads it */
function killSwitchConfig(platform: Platform, props: KillSwitchProps): object {
  const { exchange, exchangeAddress, exchangeCa, exchangeSpiffeId } = props;
  const { cluster, partition, name, region, trustDomain } = platform;
  return {
    issuer: killSwitchIssuer(trustDomain),
    exchange: {
      issuer: exchange ?? `https://exchange.${trustDomain.name}`,
      ...(exchangeAddress !== undefined && { address: exchangeAddress }),
      ...(exchangeCa !== undefined && { ca: exchangeCa }),
      ...(exchangeSpiffeId !== undefined && { spiffeId: exchangeSpiffeId }),
    },
    key: platform.keyAlias(KILL_SWITCH_KEY_USE),
    roles: { partition, platform: name },
    cluster: {
      name: cluster.name,
      address: cluster.endpoint,
      certificateAuthority: cluster.certificateAuthority,
      namespace: CONTROL_NAMESPACE,
      list: KILL_LIST,
    },
    region,
  };
}
