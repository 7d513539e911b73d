import type { Json } from "../../../../domain";
import type { Block } from "../../block";
import type { BlockRule } from "../../rule";
import { essenceDigest } from "../../private/essence";
import { typeKey } from "../../stack";
import { blocksAlong, isObject } from "../../value";

/** Functions, commands on instances, and SQL: as data source and ephemeral resource at each plan. An input may hold a secret, so findings tell its digest. */
export const invocation: BlockRule = {
  id: "AMBIT-STATE-INVOCATION",
  severity: "high",
  what: "a stack may invoke no function, and run no command or SQL, as it is planned or applied",
  why: "what it does with the rights of the function, the instance or the database is shown by no plan and judged by no rule",
  fix: "declare what it makes as resources, or run it as a job with a role of its own",
  standards: ["owasp-asi/ASI04", "owasp-asi/ASI05", "sp800-53/SR-3", "sp800-53/CM-2"],
  looksAt: [
    "aws_lambda_invocation",
    "data.aws_lambda_invocation",
    "ephemeral.aws_lambda_invocation",
    "aws_redshiftdata_statement",
    "aws_ssm_association",
    "aws_ssm_maintenance_window_task",
  ],
  *check(block) {
    if (!isHarmless(block)) yield { what: typeKey(block), at: "", evidence: essenceDigest(block) };
  },
};

/**
 * Documents of AWS that take no command and no place to read one from, with the parameters that they may get; undefined for any. What
 * installs patches takes those of the baseline, unless `InstallOverrideList` or `BaselineOverride` names a file with others.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-aws-runpatchbaseline.html
 */
const HARMLESS: ReadonlyMap<unknown, readonly string[] | undefined> = new Map([
  ["AWS-GatherSoftwareInventory", undefined],
  ["AWS-RunPatchBaseline", ["Operation", "RebootOption", "SnapshotId"]],
  ["AWS-UpdateSSMAgent", undefined],
]);

function isHarmless(block: Block): boolean {
  const { document, parameters } = runIn(block);
  if (!HARMLESS.has(document)) return false;
  const allowed = HARMLESS.get(document);
  return allowed === undefined || parameters().every((each) => allowed.includes(String(each)));
}

interface Run {
  /** Its name; undefined where no document is run */
  readonly document: Json | undefined;
  /** Names of parameters, of which one that is known at apply only is none of those that are allowed */
  readonly parameters: () => readonly unknown[];
}

function runIn({ type, body }: Block): Run {
  if (type === "aws_ssm_association") {
    const given = body["parameters"] ?? {};
    return { document: body["name"], parameters: () => (isObject(given) ? Object.keys(given) : [given]) };
  }
  const isCommand = type === "aws_ssm_maintenance_window_task" && body["task_type"] === "RUN_COMMAND";
  const path = ["task_invocation_parameters", "run_command_parameters", "parameter"];
  return {
    document: isCommand ? body["task_arn"] : undefined,
    parameters: () => blocksAlong(body, path, "task_invocation_parameters").map((each) => each["name"]),
  };
}
