import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { JobV1, type JobV1SpecTemplateSpecVolume } from "@cdktf/provider-kubernetes/lib/job-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { refuse } from "../../../domain";
import { allow, PolicyDocument } from "../../../iam";
import { digestOf } from "../../platform/digest";
import { hardened, RESTRICTED_POD, variables } from "../../platform/hardened";
import { PLATFORM_PATH, SPIRE_ACCOUNT, SPIRE_NAMESPACE, STS_AUDIENCE } from "../../platform/names";
import { ranges, tcp, toAws, toDns } from "../../platform/peers";
import type { Platform } from "../../platform/platform";
import { platformOf } from "../../platform/scope";
import { serviceRole } from "../../platform/service-role";
import { DATABASE, passwordScript, setupScript, setupSql } from "./database-setup";
import { componentLabels } from "./pods";

const NAME = SPIRE_ACCOUNT.database;
const NAMESPACE = SPIRE_NAMESPACE.server;
const LABELS = componentLabels(NAME);

/** Where its files lie in both containers */
const FILES = "/etc/spire-database";
/** In memory, for the password alone */
const PASSWORD = "/run/spire-database";
/** As the webhook of EKS would mount it, so that with it and without it the pod is the same */
const TOKEN = { volume: "aws-iam-token", folder: "/var/run/secrets/eks.amazonaws.com/serviceaccount", name: "token" };

export interface DatabaseJobProps {
  readonly host: string;
  readonly secretArn: string;
  readonly keyArn: string;
  readonly certificateAuthorities: string;
  readonly cidrs: readonly string[];
  readonly after: readonly ITerraformDependable[];
}

/** The Job that reads the master's secret once, in memory, and makes the user and the database of the servers. */
export class DatabaseJob extends Construct {
  public readonly setup: JobV1;

  constructor(scope: Construct, id: string, props: DatabaseJobProps) {
    super(scope, id);
    const where = `[${scope.node.path}]`;
    const platform = platformOf(this);
    if (platform.network.kind === "none") {
      const sentence = "the platform names no aws.network, and the database's setup Job reads a secret from AWS";
      refuse("spire.malformed", where, `${sentence}: name the VPC's endpoint subnets, or the ranges it may reach`);
    }
    const images = { aws: platform.image("aws-cli", where), postgres: platform.image("postgres", where) };
    const { roleArn, access } = this.makeRole(platform, props);
    const account = new ServiceAccountV1(this, "Account", {
      metadata: { name: NAME, namespace: NAMESPACE, annotations: { "eks.amazonaws.com/role-arn": roleArn } },
      automountServiceAccountToken: false,
    });
    const files = {
      "password.sh": passwordScript(),
      "setup.sh": setupScript(),
      "setup.sql": setupSql(),
      "ca.pem": props.certificateAuthorities,
    };
    const config = new ConfigMapV1(this, "Files", {
      metadata: { name: NAME, namespace: NAMESPACE },
      data: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, asWritten(text)])),
    });
    const network = this.makeNetwork(platform, props.cidrs);
    this.setup = new JobV1(this, "Resource", {
      // Another script is another Job: a finished one cannot be changed, and would not run again.
      metadata: { name: `${NAME}-${digestOf(...Object.values(files))}`, namespace: NAMESPACE, labels: { ...LABELS } },
      waitForCompletion: true,
      timeouts: { create: "20m", update: "20m" },
      spec: {
        // A new role takes a while to be known everywhere, so the first tries may fail.
        backoffLimit: 6,
        activeDeadlineSeconds: 900,
        template: {
          metadata: {
            labels: { ...LABELS },
            annotations: { "eks.amazonaws.com/skip-containers": "setup" },
          },
          spec: {
            ...RESTRICTED_POD,
            serviceAccountName: NAME,
            // A try begins with the password again, which the one before has deleted.
            restartPolicy: "Never",
            initContainer: [passwordContainer(images.aws, platform, roleArn, props)],
            container: [setupContainer(images.postgres, props)],
            volume: volumes(),
          },
        },
      },
      dependsOn: [account, access, config, network, ...props.after],
    });
  }

  /** May read one secret, and decrypt it through Secrets Manager. */
  private makeRole(platform: Platform, { secretArn, keyArn }: DatabaseJobProps) {
    const name = `ambit-${platform.name}-${NAME}`;
    const throughSecretsManager = {
      StringEquals: {
        "kms:EncryptionContext:SecretARN": secretArn,
        "kms:ViaService": `secretsmanager.${platform.region}.amazonaws.com`,
      },
    };
    const { access } = serviceRole(this, {
      id: "Role",
      name,
      description: "Makes the user of the SPIRE servers in their database",
      account: { namespace: NAMESPACE, name: NAME },
      policyName: NAME,
      access: PolicyDocument.of([
        allow("secretsmanager:GetSecretValue", secretArn),
        allow("kms:Decrypt", keyArn, throughSecretsManager),
      ]),
    });
    return { roleArn: `arn:${platform.partition}:iam::${platform.account}:role${PLATFORM_PATH}${name}`, access };
  }

  private makeNetwork(platform: Platform, cidrs: readonly string[]): NetworkPolicyV1 {
    return new NetworkPolicyV1(this, "Network", {
      metadata: { name: NAME, namespace: NAMESPACE },
      spec: {
        podSelector: { matchLabels: { ...LABELS } },
        policyTypes: ["Ingress", "Egress"],
        egress: [toDns(platform), { to: ranges(cidrs), ports: tcp(DATABASE.port) }, ...toAws(platform)],
      },
    });
  }
}

/** Terraform, too, has `${…}`, and would take the shell's for its own. */
function asWritten(text: string): string {
  return text.replace(/([$%])\{/g, "$1$1{");
}

function passwordContainer(image: string, platform: Platform, roleArn: string, props: DatabaseJobProps) {
  return {
    ...hardened("password", image, { cpu: "100m", memory: "256Mi" }),
    command: ["/bin/sh", `${FILES}/password.sh`],
    env: variables({
      ...connection(props.host),
      AWS_REGION: platform.region,
      AWS_ROLE_ARN: roleArn,
      AWS_STS_REGIONAL_ENDPOINTS: "regional",
      AWS_WEB_IDENTITY_TOKEN_FILE: `${TOKEN.folder}/${TOKEN.name}`,
      // The AWS CLI caches its session there.
      HOME: "/home/aws",
      SECRET_ARN: props.secretArn,
    }),
    volumeMount: [
      { name: "files", mountPath: FILES, readOnly: true },
      { name: "password", mountPath: PASSWORD },
      { name: "home", mountPath: "/home/aws" },
      { name: TOKEN.volume, mountPath: TOKEN.folder, readOnly: true },
    ],
  };
}

function setupContainer(image: string, props: DatabaseJobProps) {
  return {
    ...hardened("setup", image, { cpu: "100m", memory: "128Mi" }),
    command: ["/bin/sh", `${FILES}/setup.sh`, `${FILES}/setup.sql`],
    env: variables({
      ...connection(props.host),
      // libpq stops at a home that it may not read.
      HOME: PASSWORD,
      PGCONNECT_TIMEOUT: "15",
      PGDATABASE: "postgres",
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: `${FILES}/ca.pem`,
    }),
    volumeMount: [
      { name: "files", mountPath: FILES, readOnly: true },
      { name: "password", mountPath: PASSWORD },
    ],
  };
}

function connection(host: string) {
  return { PGHOST: host, PGPASSFILE: `${PASSWORD}/pgpass`, PGPORT: String(DATABASE.port), PGUSER: DATABASE.master };
}

function volumes(): JobV1SpecTemplateSpecVolume[] {
  const memory = (name: string, sizeLimit: string) => ({ name, emptyDir: { medium: "Memory", sizeLimit } });
  const token = { audience: STS_AUDIENCE, expirationSeconds: 3600, path: TOKEN.name };
  return [
    { name: "files", configMap: { name: NAME } },
    memory("password", "1Mi"),
    memory("home", "16Mi"),
    { name: TOKEN.volume, projected: [{ sources: [{ serviceAccountToken: token }] }] },
  ];
}
