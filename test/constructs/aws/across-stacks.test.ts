import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import type { App } from "cdktf";
import { Fleet } from "../../../constructs";
import { AgentMonitoring } from "../../../constructs/oversight";
import { AmbitStack, type AmbitStackProps } from "../../../constructs/platform";
import { testApp } from "../../support/app";
import { define } from "../../support/agents";
import { clusterWith, platformWith, Template } from "../../support/synth";

class PagingStack extends AmbitStack {
  public readonly topic: SnsTopic;

  constructor(app: App, props: AmbitStackProps) {
    super(app, "paging", props);
    this.useAws();
    this.topic = new SnsTopic(this, "OnCall", { name: "on-call", kmsMasterKeyId: "alias/on-call" });
  }
}

class MonitoringStack extends AmbitStack {
  constructor(app: App, props: AmbitStackProps, alarmTopic: SnsTopic) {
    super(app, "monitoring", props);
    this.useAws();
    this.useKubernetes();
    new AgentMonitoring(this, "Monitoring", { fleet: this.fleet, alarmTopic });
  }
}

test("a topic of another stack is cdktf's reference to what that stack puts out", () => {
  const app = testApp();
  const props = { platform: platformWith({ cluster: clusterWith("deployed") }), fleet: Fleet.of(define("triage")) };
  const { topic } = new PagingStack(app, props);
  new MonitoringStack(app, props, topic);
  const alarms = Template.in(app, "monitoring").all(CloudwatchMetricAlarm);
  const told = new Set(alarms.flatMap(({ alarm_actions: actions }) => actions as readonly string[]));
  expect([...told]).toEqual([
    expect.stringMatching(/^\$\{data\.terraform_remote_state\..*paging\.outputs\..+OnCall.*arn\}$/),
  ]);
});
