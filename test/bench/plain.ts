import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { ConfigMapV1Data } from "@cdktf/provider-kubernetes/lib/config-map-v1-data";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { KubernetesProvider } from "@cdktf/provider-kubernetes/lib/provider";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { type BenchAgent, benchAgents, FACTS } from "./facts";
import { keepShape } from "./kept-shape";
import { type Measures, Stopwatch } from "./stopwatch";

/** The same resources as a person writes them with cdktf alone, and synthesize the whole app. */
export function synthesizePlain(count: number, outdir: string): Measures {
  const watch = new Stopwatch();
  const agents = benchAgents(count);
  const app = new App({ outdir });
  new PlainStack(app, "agents", agents);
  watch.lap("construct");
  app.synth();
  watch.lap("synthesize");
  watch.readPeak();
  return watch.measures;
}

const IAM = `arn:aws:iam::${FACTS.account}`;
const EXPIRY = `${FACTS.expires}T00:00:00Z`;

/** Every resource straight below the stack: the fewest constructs with which cdktf can write them. */
class PlainStack extends TerraformStack {
  constructor(scope: Construct, id: string, agents: readonly BenchAgent[]) {
    super(scope, id);
    keepShape(this);
    new LocalBackend(this, { path: "../../../terraform.agents.tfstate" });
    new AwsProvider(this, "aws", {
      region: FACTS.region,
      allowedAccountIds: [FACTS.account],
      defaultTags: [{ tags: { "ambit:platform": FACTS.platform, "ambit:stack": id } }],
    });
    new KubernetesProvider(this, "kubernetes", {
      host: FACTS.cluster,
      clusterCaCertificate: FACTS.certificate,
      exec: [
        {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "aws",
          args: ["eks", "get-token", "--cluster-name", "bench", "--region", FACTS.region],
        },
      ],
    });
    for (const agent of agents) {
      this.addServiceAccount(agent);
      this.addRecord(agent);
      this.addNetworkPolicy(agent);
      if (agent.hasAwsData) this.addRole(agent);
    }
  }

  private addServiceAccount({ name, namespace }: BenchAgent): void {
    new ServiceAccountV1(this, `${name}-account`, {
      metadata: {
        name,
        namespace,
        labels: {
          "ambit.internal/agent": name,
          "ambit.internal/managed": "true",
          "ambit.internal/state": "active",
        },
      },
      automountServiceAccountToken: false,
    });
  }

  private addRecord({ name, namespace }: BenchAgent): void {
    new ConfigMapV1Data(this, `${name}-record`, {
      metadata: { name: "ambit-agents", namespace },
      data: { [name]: name, [`${name}.credentials`]: "brokered", [`${name}.state`]: "active" },
      fieldManager: `ambit-${name}`,
    });
  }

  private addNetworkPolicy({ name, namespace, hasAwsData }: BenchAgent): void {
    const pods = (podNamespace: string, label: string, value: string) => ({
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": podNamespace } },
      podSelector: { matchLabels: { [label]: value } },
    });
    new NetworkPolicyV1(this, `${name}-network`, {
      metadata: { name: `ambit-${name}`, namespace, labels: { "ambit.internal/agent": name } },
      spec: {
        podSelector: { matchLabels: { "ambit.internal/agent": name } },
        policyTypes: ["Ingress", "Egress"],
        egress: [
          {
            to: [pods("kube-system", "k8s-app", "kube-dns")],
            ports: [
              { port: "53", protocol: "UDP" },
              { port: "53", protocol: "TCP" },
            ],
          },
          {
            to: [pods("ambit-system", "app.kubernetes.io/name", "ambit-exchange")],
            ports: [{ port: "8443", protocol: "TCP" }],
          },
          {
            to: [pods("ambit-system", "app.kubernetes.io/name", "ambit-gateway")],
            ports: [{ port: "8443", protocol: "TCP" }],
          },
          ...(hasAwsData
            ? [
                {
                  to: FACTS.endpointCidrs.map((cidr) => ({ ipBlock: { cidr } })),
                  ports: [{ port: "443", protocol: "TCP" }],
                },
              ]
            : []),
        ],
      },
    });
  }

  private addRole({ name }: BenchAgent): void {
    const role = new IamRole(this, `${name}-role`, {
      name: `${FACTS.platform}.${name}`,
      path: `/ambit/agents/${FACTS.platform}/`,
      description: `Ambit agent ${name}`,
      assumeRolePolicy: JSON.stringify(trust(name)),
      permissionsBoundary: `${IAM}:policy/ambit/platform/${FACTS.platform}.agent-boundary`,
      maxSessionDuration: 3600,
      tags: { "ambit.internal/agent": name, "ambit:owner": FACTS.owner },
    });
    new IamRolePolicy(this, `${name}-access`, {
      role: role.name,
      name: "ambit-access",
      policy: JSON.stringify(access(name)),
    });
  }
}

/** Keys in the order in which Ambit writes them, so that equal policies are equal text. */
function trust(name: string) {
  const from = (action: string, condition: object) => ({
    Effect: "Allow",
    Principal: { AWS: `${IAM}:root` },
    Action: action,
    Condition: {
      ArnEquals: { "aws:PrincipalArn": `${IAM}:role/ambit/platform/ambit-${FACTS.platform}-exchange` },
      DateLessThan: { "aws:CurrentTime": EXPIRY },
      ...condition,
    },
  });
  const self = { StringEquals: { "sts:SourceIdentity": name } };
  return {
    Version: "2012-10-17",
    Statement: [
      from("sts:AssumeRole", self),
      from("sts:SetSourceIdentity", self),
      from("sts:TagSession", {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["ambit-agent", "ambit-session", "ambit-task", "ambit-user"] },
        StringEquals: { "aws:RequestTag/ambit-agent": name },
      }),
    ],
  };
}

function access(name: string) {
  const scope = { "aws:ResourceAccount": FACTS.account, "aws:SourceVpc": FACTS.vpc };
  const key = (service: string) => ({
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: FACTS.key,
    Condition: { StringEquals: { "kms:ViaService": `${service}.${FACTS.region}.amazonaws.com` } },
  });
  const never = (sid: string, condition: object) => ({
    Sid: sid,
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: condition,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      key("dynamodb"),
      key("s3"),
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: `arn:aws:s3:::${FACTS.bucket}/${name}/*`,
        Condition: { StringEquals: scope },
      },
      {
        Effect: "Allow",
        Action: [
          "dynamodb:BatchGetItem",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:UpdateItem",
        ],
        Resource: `arn:aws:dynamodb:${FACTS.region}:${FACTS.account}:table/${FACTS.table}`,
        Condition: {
          // Twice the dollar sign, because Terraform would take one for a reference of its own.
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "$${aws:PrincipalTag/ambit-user}" },
          Null: { "dynamodb:LeadingKeys": "false" },
          StringEquals: scope,
        },
      },
      never("Expired", { DateGreaterThanEquals: { "aws:CurrentTime": EXPIRY } }),
      never("OtherSourceIdentity", { StringNotEquals: { "aws:SourceIdentity": name } }),
    ],
  };
}
