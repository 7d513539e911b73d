import { deepStrictEqual as equal, ok, throws } from "node:assert";
import { lintCommand } from "../../../cli/lint";
import { type Called, called } from "../../support/cli";
import type { Suite } from "../harness/suite";
import { type Converted, convertedTerraform } from "./terraform-of-others";

/** Blocks that are judged; 2,400 and more when this was written */
const FLOOR = 2000;

/** What a folder may be refused for as a whole: OpenTofu ships Terraform that is wrong on purpose */
const REFUSED =
  /^ambit: (?:\S+: \S.*: (?:"[^"]*" is no name: rename it|is declared twice: keep one of them)|the folder has no Terraform JSON: .*)\n*$/;

/** All findings of folders that are read by hand, by address */
const AWS = "tessera/deployment/modules/aws";
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  [`${AWS}/storage`]: [
    "aws_rds_cluster.log_rds AMBIT-CREDENTIALS-DATABASE-PASSWORD[master_password]",
    "aws_rds_cluster.log_rds AMBIT-STORAGE-UNENCRYPTED[storage_encrypted]",
    "aws_s3_bucket.log_bucket AMBIT-STORAGE-BUCKET-KEY[sse_algorithm]",
    "aws_s3_bucket.log_bucket AMBIT-STORAGE-BUCKET-PUBLIC-ACCESS[missing]",
    "aws_s3_bucket.log_bucket AMBIT-STORAGE-BUCKET-TLS[aws:SecureTransport]",
    "provider.aws AMBIT-PROVIDER-VERSION[aws]",
    "provider.mysql AMBIT-CREDENTIALS-PROVIDER[password]",
    "terraform AMBIT-PROVIDER-SOURCE[mysql]",
  ],
  [`${AWS}/codelab`]: [
    "aws_vpc_endpoint.s3 AMBIT-NETWORK-ENDPOINT-POLICY[policy]",
    "backend.s3 AMBIT-STATE-BACKEND-LOCK[use_lockfile]",
    "backend.s3 AMBIT-STATE-BACKEND[encrypt]",
    "module.storage AMBIT-STATE-MODULE[storage]",
  ],
  [`${AWS}/conformance`]: [
    // Its command has --db_password=password.
    "aws_ecs_task_definition.conformance AMBIT-CREDENTIALS-TASK-DEFINITION[${root/var.prefix_name}-${root/var.base_name}-conformance::command]",
    "aws_ecs_task_definition.conformance AMBIT-IMAGES-DIGEST[undecided::container_definitions[0].image]",
    "aws_ecs_task_definition.hammer AMBIT-IMAGES-DIGEST[undecided::container_definitions[0].image]",
    "aws_vpc_endpoint.s3 AMBIT-NETWORK-ENDPOINT-POLICY[policy]",
    "backend.s3 AMBIT-STATE-BACKEND-LOCK[use_lockfile]",
    "backend.s3 AMBIT-STATE-BACKEND[encrypt]",
    "module.storage AMBIT-STATE-MODULE[storage]",
  ],
  "opentofu/internal/tofu/testdata/plan-var-list-err": [
    "provider.aws AMBIT-CREDENTIALS-PROVIDER[access_key]",
    "provider.aws AMBIT-CREDENTIALS-PROVIDER[secret_key]",
    "provider.aws AMBIT-PROVIDER-VERSION[aws]",
  ],
};

interface Report {
  readonly isClean: boolean;
  readonly judged: { readonly blocks: number };
  readonly refused: readonly { readonly id: string; readonly address: string; readonly evidence: string }[];
  readonly unread: readonly string[];
}

interface Linted extends Converted {
  readonly said: Called;
  /** Left out where the folder was refused as a whole */
  readonly report?: Report;
}

/** `ambit lint` on Terraform that others wrote, which has every shape that the language has */
export function lintOthersChecks(suite: Suite): void {
  const converted = suite.check("lint: Terraform of others is converted by hcl2json", [], async (_, note) => {
    const all = await convertedTerraform(suite);
    note(`${all.length} folders, ${all.flatMap(({ unparsed }) => unparsed).length} files that it cannot parse`);
    return all;
  });
  const linted = suite.check("lint: it ends on each folder with a report or a sentence", [converted], async ([all]) => {
    const reports: Linted[] = [];
    for (const each of all) reports.push(await lintOf(each));
    return reports;
  });
  suite.check(`lint: it judges at least ${FLOOR} blocks, and no rule fails on one`, [linted], ([all], note) => {
    const reports = all.flatMap(({ report }) => report ?? []);
    note(`${judgedBlocks(reports)} blocks, ${reports.flatMap(({ refused }) => refused).length} findings`);
  });
  suite.check(
    "lint: what hcl2json cannot parse is told as not read, and no folder of it is clean",
    [linted],
    ([all]) => {
      const broken = all.filter(({ unparsed }) => unparsed.length > 0);
      // A folder with nothing else, or with names that are wrong besides, is refused as a whole.
      const [refused, read] = [broken.filter(({ report }) => !report), broken.flatMap(({ report }) => report ?? [])];
      equal([...new Set(refused.map(({ said }) => said.code))], [1]);
      ok(read.length > 0, "no folder was read with such a file");
      for (const { isClean, unread } of read) {
        equal(isClean, false);
        ok(
          unread.some((why) => why.includes("Terraform's own syntax and OpenTofu's files are not read")),
          unread.join(),
        );
      }
    },
  );
  for (const [source, findings] of Object.entries(EXPECTED)) {
    suite.check(`lint: it finds in ${source} what a reader finds, and nothing else`, [linted], ([all]) => {
      const found = all.find((each) => each.source === source)?.report?.refused;
      equal(found?.map(({ id, address }) => `${address} ${id}`).sort(), [...findings].sort());
    });
  }
  suite.check("lint: fails for a rule that throws, so that its silence means something", [linted], ([all]) => {
    const report = all.find(({ report: each }) => each !== undefined)?.report as Report;
    const failed = { id: "AMBIT-RULE[failed]", address: "aws_iam_role.x", evidence: "ended with an error: no" };
    throws(() => judgedBlocks([{ ...report, refused: [failed] }]), /AMBIT-RULE\[failed\]/);
    throws(() => judgedBlocks([report]), /blocks, fewer than/);
  });
}

async function lintOf(each: Converted): Promise<Linted> {
  const said = await called([lintCommand], "lint", each.folder, "--json");
  if (said.stdout !== "") return { ...each, said, report: JSON.parse(said.stdout) as Report };
  if (said.code !== 1 || !REFUSED.test(said.stderr)) throw new Error(`${each.source}: ${said.code} ${said.stderr}`);
  return { ...each, said };
}

/** @throws Error where a rule failed on a block, or too little was judged */
function judgedBlocks(reports: readonly Report[]): number {
  const failed = reports.flatMap(({ refused }) => refused).filter(({ id }) => id.endsWith("[failed]"));
  equal(failed, []);
  const blocks = reports.reduce((sum, { judged }) => sum + judged.blocks, 0);
  if (blocks < FLOOR) throw new Error(`${blocks} blocks, fewer than ${FLOOR}`);
  return blocks;
}
