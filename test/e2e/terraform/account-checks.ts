import { join } from "node:path";
import type { Suite } from "../harness/suite";
import {
  checkData,
  checkDatabase,
  checkIam,
  checkMonitoring,
  checkNetwork,
  checkStarters,
  checkTrails,
  expectedAccount,
  same,
} from "./account/expected";
import { synthesize } from "./app";
import type { Deployed, Started } from "./deploy-checks";
import { withCertificateBearer } from "./fleets";
import { NOT_IN_MOTO } from "./rehearsal";
import { type Engine, only } from "./terraform";
import type { World } from "./world";
import type { Workspaces } from "./workspaces";

export const ANCHOR =
  "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/00000000-0000-4000-8000-000000000000";

/** What an empty account would get that moto cannot hold */
export function planChecks(suite: Suite, name: Engine["name"], { world, folder, workspaces }: Started): void {
  suite.check(`${name}: what moto lacks is planned`, [workspaces, world], async ([made, { network }], note) => {
    await planWhatMotoLacks(made, join(folder, "certificate-bearer"), network, note);
  });
}

/** What the AWS provider made of the stacks: the same for both engines */
export function accountChecks(suite: Suite, name: Engine["name"], { world, starters, control }: Deployed): void {
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  const table = check("read back: ids for the handwritten table", [world, starters], ([{ connection, network }]) =>
    expectedAccount(connection, network),
  );
  check(
    "read back: roles, boundary and OIDC provider are the handwritten ones",
    [world, table],
    ([{ connection }, expected]) => checkIam(connection, expected),
  );
  check(
    "read back: tables, keys and audit bucket are the handwritten ones",
    [world, table],
    ([{ connection }, expected]) => checkData(connection, expected),
  );
  check(
    "read back: the trail of CloudTrail writes down the handwritten events",
    [world, table],
    ([{ connection }, expected]) => checkTrails(connection, expected),
  );
  check(
    "read back: endpoints and security group are the handwritten ones",
    [world, table],
    ([{ connection, network }, expected]) => checkNetwork(connection, expected, network),
  );
  check(
    "read back: database, its parameters and its secret are the handwritten ones",
    [world, table],
    ([{ connection }, expected]) => checkDatabase(connection, expected),
  );
  check(
    "read back: what starts tasks is the handwritten schedule and rule, with queues and functions",
    [world, table],
    ([{ connection }, expected]) => checkStarters(connection, expected),
  );
  check(
    "read back: alarms, dashboards and the log of metrics are the handwritten ones",
    [world, table, control],
    ([{ connection }, expected]) => checkMonitoring(connection, expected),
  );
}

async function planWhatMotoLacks(
  made: Workspaces,
  folder: string,
  network: World["network"],
  note: (text: string) => void,
): Promise<void> {
  const rolesAnywhere = { trustAnchorArn: ANCHOR };
  const out = synthesize(folder, { network, fleet: withCertificateBearer, aws: { rolesAnywhere } });
  made.use("agents", out, "plan");
  const profile = only(await made.of("agents").planShown(), "aws_rolesanywhere_profile.");
  const { duration_seconds, enabled, name } = profile.after;
  same([name, duration_seconds, enabled], ["prod_certificate-bearer_collect", 3600, true], profile.address);
  note(`planned only: ${profile.address} (${NOT_IN_MOTO.resources.aws_rolesanywhere_profile})`);

  made.use("foundation", out, "plan");
  const endpoint = only(await made.of("foundation").planShown(), "aws_vpc_endpoint.Endpoints_s3_");
  const [options] = endpoint.after.dns_options as readonly Record<string, unknown>[];
  same(options?.private_dns_only_for_inbound_resolver_endpoint, false, `${endpoint.address} dns_options`);
  note(`planned only: ${endpoint.address} dns_options (${NOT_IN_MOTO.attributes.aws_vpc_endpoint?.dns_options})`);

  made.use("spire", out, "plan");
  const spire = await made.of("spire").planShown();
  for (const number of [1, 2]) {
    const instance = only(spire, `aws_rds_cluster_instance.Spire_Database_Instance${number}_`);
    same(instance.after.ca_cert_identifier, "rds-ca-rsa2048-g1", `${instance.address} ca_cert_identifier`);
    const why = NOT_IN_MOTO.attributes.aws_rds_cluster_instance?.ca_cert_identifier;
    note(`planned only: ${instance.address} ca_cert_identifier (${why})`);
  }

  made.use("starters", out, "plan");
  const starters = await made.of("starters").planShown();
  for (const name of ["merged", "workdays"]) {
    const dead = only(starters, `aws_sqs_queue.${name}_DeadLetters_`);
    const [queue] = (JSON.parse(String(dead.after.redrive_allow_policy)) as { sourceQueueArns: string[] })
      .sourceQueueArns;
    same(
      queue,
      `arn:aws:sqs:eu-central-1:111122223333:ambit-prod-starter-${name}`,
      `${dead.address} redrive_allow_policy`,
    );
    note(
      `planned only: ${dead.address} redrive_allow_policy (${NOT_IN_MOTO.attributes.aws_sqs_queue?.redrive_allow_policy})`,
    );
  }
}
