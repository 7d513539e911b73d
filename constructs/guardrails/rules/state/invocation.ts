import type { BlockRule } from "../../rule";
import { digestOf } from "../../finding";
import { typeKey } from "../../stack";

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
    if (HARMLESS.has(block.body["name"]) && block.type === "aws_ssm_association") return;
    yield { what: typeKey(block), at: "", evidence: digestOf(block.body) };
  },
};

/** Documents of AWS that take no command and no place to read one from */
const HARMLESS = new Set<unknown>(["AWS-GatherSoftwareInventory", "AWS-UpdateSSMAgent"]);
