import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { JobV1 } from "@cdktf/provider-kubernetes/lib/job-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import { facts } from "../../../fleet/platform";
import { CA, DATABASE_KEY, reference, synthesized } from "../../support/spire-database";
import { statementsOf, type Template } from "../../support/synth";

interface Job {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly wait_for_completion: boolean;
  readonly spec: { readonly template: { readonly spec: Pod; readonly metadata: object } } & Record<string, unknown>;
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volume_mount: readonly { readonly name: string }[];
}
interface Pod extends Record<string, unknown> {
  readonly container: readonly Container[];
  readonly init_container: readonly Container[];
}
const jobOf = (template: Template): Job => template.only(JobV1) as unknown as Job;

describe("DatabaseJob, the setup of SpireDatabase,", () => {
  test("may read the master's secret and nothing else", () => {
    const template = synthesized({ key: DATABASE_KEY });
    const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE0123456789";
    expect(template.only(IamRole)).toMatchObject({ name: "ambit-prod-spire-database-setup", path: "/ambit/platform/" });
    expect(statementsOf(template.only(IamRole).assume_role_policy)).toEqual([
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: "sts.amazonaws.com",
            [`${issuer}:sub`]: "system:serviceaccount:spire-server:spire-database-setup",
          },
        },
      },
    ]);
    const secret = expect.stringMatching(/^\$\{aws_rds_cluster\.Database_\w+\.master_user_secret\[0\]\.secret_arn\}$/);
    expect(statementsOf(template.only(IamRolePolicy).policy)).toEqual([
      { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: DATABASE_KEY,
        Condition: {
          StringEquals: {
            "kms:EncryptionContext:SecretARN": secret,
            "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
          },
        },
      },
    ]);
    expect(template.only(ServiceAccountV1)).toMatchObject({
      metadata: {
        name: "spire-database-setup",
        namespace: "spire-server",
        annotations: {
          "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-database-setup",
        },
      },
      automount_service_account_token: false,
    });
  });

  test("is waited for, after the instances, and runs again when its script changes", () => {
    const template = synthesized();
    const job = template.only(JobV1);
    expect(job).toMatchObject({ wait_for_completion: true, timeouts: { create: "20m" } });
    expect((job.depends_on as string[]).map(reference)).toEqual(
      expect.arrayContaining([
        "aws_rds_cluster_instance.Database_Instance1",
        "aws_rds_cluster_instance.Database_Instance2",
      ]),
    );
    const { metadata, spec } = jobOf(template);
    expect(metadata.name).toMatch(/^spire-database-setup-[0-9a-f]{16}$/);
    expect(spec).toMatchObject({ backoff_limit: 6, active_deadline_seconds: 900 });
    expect(Object.keys(spec)).not.toContain("ttl_seconds_after_finished");
    const other = jobOf(synthesized({ certificateAuthorities: `${CA}\n${CA}` }));
    expect(other.metadata.name).not.toBe(metadata.name);
  });

  test("satisfies the restricted pod security standard", () => {
    const pod = jobOf(synthesized()).spec.template.spec;
    expect(pod).toMatchObject({
      automount_service_account_token: false,
      restart_policy: "Never",
      service_account_name: "spire-database-setup",
      security_context: { run_as_non_root: true, run_as_user: "65532", seccomp_profile: { type: "RuntimeDefault" } },
    });
    for (const container of [...pod.init_container, ...pod.container]) {
      expect(container).toMatchObject({
        security_context: {
          allow_privilege_escalation: false,
          read_only_root_filesystem: true,
          run_as_non_root: true,
          capabilities: { drop: ["ALL"] },
        },
        resources: { limits: { cpu: "100m" }, requests: { cpu: "100m" } },
      });
    }
  });

  test("gives the token to one container, and the password to both in memory", () => {
    const { template } = jobOf(synthesized()).spec;
    const [password] = template.spec.init_container as [Container];
    const [setup] = template.spec.container as [Container];
    expect(template.metadata).toMatchObject({ annotations: { "eks.amazonaws.com/skip-containers": "setup" } });
    expect([password.image, setup.image]).toEqual([facts.images?.["aws-cli"], facts.images?.["postgres"]]);
    const mounts = ({ volume_mount: mounted }: Container) => mounted.map(({ name }) => name);
    expect(mounts(password)).toEqual(["files", "password", "home", "aws-iam-token"]);
    expect(mounts(setup)).toEqual(["files", "password"]);
    expect(template.spec.volume).toEqual([
      { name: "files", config_map: { name: "spire-database-setup" } },
      { name: "password", empty_dir: { medium: "Memory", size_limit: "1Mi" } },
      { name: "home", empty_dir: { medium: "Memory", size_limit: "16Mi" } },
      {
        name: "aws-iam-token",
        projected: [
          {
            sources: [
              { service_account_token: { audience: "sts.amazonaws.com", expiration_seconds: 3600, path: "token" } },
            ],
          },
        ],
      },
    ]);
    const environment = Object.fromEntries(setup.env.map(({ name, value }) => [name, reference(value)]));
    expect(environment).toEqual({
      HOME: "/run/spire-database",
      PGCONNECT_TIMEOUT: "15",
      PGDATABASE: "postgres",
      PGHOST: "${aws_rds_cluster.Database.endpoint}",
      PGPASSFILE: "/run/spire-database/pgpass",
      PGPORT: "5432",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/etc/spire-database/ca.pem",
      PGUSER: "spire_admin",
    });
    expect(password.env).toEqual(
      expect.arrayContaining([
        {
          name: "AWS_WEB_IDENTITY_TOKEN_FILE",
          value: "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
        },
        {
          name: "AWS_ROLE_ARN",
          value: "arn:aws:iam::111122223333:role/ambit/platform/ambit-prod-spire-database-setup",
        },
      ]),
    );
    expect(password.command).toEqual(["/bin/sh", "/etc/spire-database/password.sh"]);
    expect(setup.command).toEqual(["/bin/sh", "/etc/spire-database/setup.sh", "/etc/spire-database/setup.sql"]);
  });

  test("carries the authorities of the database's certificate", () => {
    const { data } = synthesized().only(ConfigMapV1) as { readonly data: Readonly<Record<string, string>> };
    expect(Object.keys(data).sort()).toEqual(["ca.pem", "password.sh", "setup.sh", "setup.sql"]);
    expect(data["ca.pem"]).toBe(`${CA}\n`);
  });

  test("reaches DNS, the database and AWS, and nothing reaches it", () => {
    const blocks = (...cidrs: readonly string[]) => cidrs.map((cidr) => ({ ip_block: { cidr } }));
    const spec = synthesized().only(NetworkPolicyV1).spec as { readonly egress: readonly unknown[] };
    expect(spec).toMatchObject({
      pod_selector: { match_labels: { "app.kubernetes.io/name": "spire-database-setup" } },
      policy_types: ["Ingress", "Egress"],
    });
    expect(Object.keys(spec)).not.toContain("ingress");
    expect(spec.egress.slice(1)).toEqual([
      { to: blocks("10.0.20.0/24", "10.0.21.0/24"), ports: [{ port: "5432", protocol: "TCP" }] },
      { to: blocks("10.0.16.0/24", "10.0.17.0/24"), ports: [{ port: "443", protocol: "TCP" }] },
    ]);
  });
});
