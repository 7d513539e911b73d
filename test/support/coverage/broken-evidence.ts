import type { EditParts, Editable, Parts } from "./example-output";
import { resource } from "./example-output";

/** Changes each agent of the registry */
function eachAgent(edit: (agent: Editable) => void): EditParts {
  return ({ read }) => Object.values(read.agents as object).forEach(edit);
}

function eachTask(edit: (task: Editable) => void): EditParts {
  return eachAgent(({ tasks }) => Object.values(tasks as object).forEach(edit));
}

/** Of requirements that stand in the registry or the policy document: what takes their evidence away, by `<id> <what>` */
export const DECLARED: Readonly<Record<string, EditParts>> = {
  "C04 a session policy, or a role of its own, for each task": eachTask((task) => {
    if (task.aws !== undefined) task.aws.role = "arn:aws:iam::111122223333:role/foreign";
  }),
  "C05 credentials that end within an hour": eachAgent((agent) => (agent.longestCredentialSeconds = 3601)),
  "C07 a ceiling below its own for each delegate": eachTask(({ delegates }) => {
    for (const edge of Object.values(delegates as Editable) as Editable[]) edge.ttlSeconds = 86_400;
  }),
  "C08 each of its tasks in the policy document": ({ policy }) => (policy.agents = {}),
  "C09 data granted to each task whose tools touch it": ({ read }) => {
    for (const tool of Object.values(read.tools) as Editable[]) {
      for (const action of Object.values(tool.actions) as Editable[]) action.touches = { foreign: ["read"] };
    }
  },
  "C10 a known group that decides on each high-impact action": ({ read }) => (read.people.approvers = {}),
  "C11 people or a function that may stop agents": ({ read }) => {
    read.people.operators = [];
    read.trust.killSwitch = undefined;
  },
  "C11 an end of everything it holds within 65 minutes": eachAgent((agent) => {
    agent.revocationHorizon = [{ path: "aws", seconds: 3901, because: "a longer session" }];
  }),
  "C14 an owner, a purpose, tasks and a day to come": eachAgent((agent) => (agent.owner = "")),
  "C15 limits of its session": eachAgent(({ session }) => (session.idleSeconds = session.totalSeconds + 1)),
  "C18 no task that takes in untrusted content, reads confidential data and is seen outside": ({ read }) => {
    for (const tool of Object.values(read.tools) as Editable[]) {
      tool.untrustedOutput = true;
      for (const action of Object.values(tool.actions) as Editable[]) action.outward = true;
    }
    for (const agent of Object.values(read.agents) as Editable[]) {
      for (const task of Object.values(agent.tasks) as Editable[]) {
        task.tools = { github: ["pull"] };
        task.data = { ledger: ["read"] };
      }
    }
  },
  "C22 a day on which it ends": eachTask((task) => delete task.observe),
  "C24 a decision or a budget on each high-impact action": eachTask((task) => {
    task.tools = { payments: ["refund"] };
    task.approval = undefined;
    task.budgets = [];
  }),
  "C25 a pin for each MCP tool that it may call": ({ read }) => {
    for (const { actions } of Object.values(read.tools) as Editable[]) {
      for (const action of Object.values(actions) as Editable[]) delete action.pin;
    }
  },
};

const config = (parts: Parts, map: string, file: string, edit: (json: Editable) => void): void => {
  const { data } = resource(parts, "control", "kubernetes_config_map_v1", map);
  const json = JSON.parse(data[file]) as Editable;
  edit(json);
  data[file] = JSON.stringify(json);
};

const spire = (edit: (server: Editable) => void): EditParts => {
  return (parts) => {
    const { data } = resource(parts, "spire", "kubernetes_config_map_v1", "Spire_Server_Config");
    const json = JSON.parse(data["server.conf"]) as Editable;
    edit(json);
    data["server.conf"] = JSON.stringify(json);
  };
};

const NAMED = "kubernetes_network_policy_v1";
const triage = (parts: Parts): Editable => resource(parts, "agents", NAMED, "support-triage_NetworkPolicy");

/** What is there, and does not do what it is there for: safeguard, what is wrong, how, and whether one agent or all lack it */
export const WEAKENED: readonly (readonly [id: string, what: string, edit: EditParts, extent: "absent" | "partial"])[] =
  [
    [
      "C11",
      "an agent acts for a day after a stop",
      ({ read }) => (read.agents.researcher.revocationHorizon[0].seconds = 86_400),
      "partial",
    ],
    ["C14", "an agent has no owner", ({ read }) => (read.agents.researcher.owner = ""), "partial"],
    [
      "C01",
      "two agents run as one service account",
      ({ read }) => {
        read.agents["web-reader"].workload = read.agents.researcher.workload;
      },
      "partial",
    ],
    [
      "C01",
      "a record is another agent's",
      (parts) => {
        resource(parts, "agents", "kubernetes_config_map_v1_data", "web-reader_Identity").data["web-reader"] =
          "researcher";
      },
      "partial",
    ],
    [
      "C01",
      "the policy that keeps records is not bound",
      ({ stacks }) => {
        const manifests = stacks["foundation"].resource.kubernetes_manifest as object;
        for (const [name, { manifest }] of Object.entries(manifests)) {
          if (name.startsWith("Admission_ambit-records-binding")) manifest.metadata.name = "another";
        }
      },
      "absent",
    ],
    [
      "C02",
      "nodes attest by a join token",
      spire(({ plugins }) => (plugins.NodeAttestor = [{ join_token: {} }])),
      "absent",
    ],
    [
      "C02",
      "a role trusts another agent",
      (parts) => {
        const role = resource(parts, "agents", "aws_iam_role", "support-triage_Role");
        role.assume_role_policy = role.assume_role_policy.replaceAll("support-triage", "web-reader");
      },
      "partial",
    ],
    [
      "C02",
      "a trust policy cannot be read",
      (parts) => {
        resource(parts, "agents", "aws_iam_role", "support-triage_Role").assume_role_policy =
          "${data.external.trust.result}";
      },
      "partial",
    ],
    [
      "C03",
      "a role has no boundary",
      (parts) => {
        delete resource(parts, "agents", "aws_iam_role", "researcher_Role").permissions_boundary;
      },
      "partial",
    ],
    [
      "C03",
      "a boundary is none of this output",
      (parts) => {
        resource(parts, "agents", "aws_iam_role", "researcher_Role").permissions_boundary =
          "arn:aws:iam::aws:policy/AdministratorAccess";
      },
      "partial",
    ],
    [
      "C04",
      "a task of a brokered agent has no session policy",
      ({ read }) => {
        delete read.agents.researcher.tasks.lookup.aws.sessionPolicy;
      },
      "partial",
    ],
    ["C05", "SVIDs last two hours", spire(({ server }) => (server.default_x509_svid_ttl = "2h")), "absent"],
    ["C05", "tokens of SPIRE last an hour", spire(({ server }) => (server.default_jwt_svid_ttl = "1h")), "absent"],
    [
      "C05",
      "sessions of a role last two hours",
      (parts) => {
        resource(parts, "agents", "aws_iam_role", "researcher_Role").max_session_duration = 7200;
      },
      "partial",
    ],
    [
      "C06",
      "a key of tokens is a file",
      (parts) =>
        config(parts, "Exchange_Config", "config.json", (json) => {
          json.signingKeys = [{ file: "/etc/key.pem" }];
        }),
      "absent",
    ],
    [
      "C08",
      "the gateway takes an unsigned registry",
      (parts) =>
        config(parts, "Gateway_Config", "authorizer.json", ({ registry }) => {
          registry.publicKeys = [];
        }),
      "absent",
    ],
    [
      "C08",
      "a task is missing in the policy document",
      ({ policy }) => {
        delete policy.agents["spiffe://prod.acme.example/ns/support/sa/support-triage"].tasks.refund;
      },
      "partial",
    ],
    [
      "C10",
      "a grave action has no approval",
      ({ read }) => {
        delete read.agents["support-triage"].tasks.refund.approval;
      },
      "partial",
    ],
    [
      "C12",
      "a network policy opens to every address",
      (parts) => {
        triage(parts).spec.egress.push({ to: [{ ip_block: { cidr: "0.0.0.0/0" } }] });
      },
      "partial",
    ],
    [
      "C12",
      "a network policy names no place",
      (parts) => {
        triage(parts).spec.egress.push({ ports: [{ port: "443", protocol: "TCP" }] });
      },
      "partial",
    ],
    [
      "C12",
      "a network policy leaves egress alone",
      (parts) => (triage(parts).spec.policy_types = ["Ingress"]),
      "partial",
    ],
    [
      "C12",
      "the default of a namespace opens egress",
      (parts) => {
        resource(parts, "spire", NAMED, "Namespace-support_DefaultDeny").spec.egress = [{}];
      },
      "partial",
    ],
    [
      "C13",
      "the gateway wants no certificate",
      (parts) =>
        config(parts, "Gateway_Config", "envoy.json", (json) => {
          for (const { name, filter_chains: chains } of json.static_resources.listeners) {
            if (name === "agents") chains[0].transport_socket.typed_config.require_client_certificate = false;
          }
        }),
      "absent",
    ],
    [
      "C16",
      "the audit log has no key",
      (parts) => config(parts, "Exchange_Config", "config.json", (json) => delete json.audit.key),
      "absent",
    ],
    [
      "C16",
      "the audit log goes to another bucket",
      (parts) =>
        config(parts, "Exchange_Config", "config.json", ({ audit }) => {
          audit.storage.s3.bucket = "another";
        }),
      "absent",
    ],
    [
      "C20",
      "SPIRE has another trust domain",
      spire(({ server }) => (server.trust_domain = "test.acme.example")),
      "absent",
    ],
    ["C20", "SPIRE serves its bundle to others", spire(({ server }) => (server.federation = {})), "absent"],
    [
      "C20",
      "another trust domain is federated",
      ({ stacks }) => {
        const manifest = { kind: "ClusterFederatedTrustDomain", metadata: { name: "test" } };
        stacks["spire"].resource.kubernetes_manifest.Federated = { manifest };
      },
      "absent",
    ],
    [
      "C20",
      "the boundary lets other accounts through",
      (parts) => {
        const boundary = resource(parts, "foundation", "aws_iam_policy", "Boundary");
        boundary.policy = boundary.policy.replace(
          '"OtherAccounts","Effect":"Deny"',
          '"OtherAccounts","Effect":"Allow"',
        );
      },
      "absent",
    ],
    ["C21", "SPIRE keeps its keys on a disk", spire(({ plugins }) => (plugins.KeyManager = [{ disk: {} }])), "absent"],
    ["C21", "SPIRE writes no audit log", spire(({ server }) => (server.audit_log_enabled = false)), "absent"],
    [
      "C21",
      "SPIRE has one server",
      (parts) => {
        resource(parts, "spire", "kubernetes_stateful_set_v1", "Spire_Server").spec.replicas = "1";
      },
      "absent",
    ],
    [
      "C26",
      "a table has no key of the customer's",
      (parts) => {
        delete resource(parts, "foundation", "aws_dynamodb_table", "Tables_State").server_side_encryption.kms_key_arn;
      },
      "absent",
    ],
    [
      "C27",
      "an image is named by a tag",
      (parts) => {
        const { spec } = resource(parts, "control", "kubernetes_deployment_v1", "Gateway").spec.template;
        spec.container[0].image = "images.acme.example/envoyproxy/envoy:latest";
      },
      "absent",
    ],
    [
      "C29",
      "no alarm has a recipient",
      ({ stacks }) => {
        for (const stack of Object.values(stacks)) {
          for (const alarm of Object.values(stack.resource.aws_cloudwatch_metric_alarm ?? {}) as Editable[])
            alarm.alarm_actions = [];
        }
      },
      "absent",
    ],
  ];
