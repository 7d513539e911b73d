import type { Json } from "../../../../domain";
import { foreignTo } from "../../accounts";
import type { Block } from "../../block";
import { testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";

/** What a service of AWS says about the one it acts for. A source that is left out has a rule of its own. */
export const foreignSource: BlockRule = {
  id: "AMBIT-TRUST-FOREIGN-SOURCE",
  severity: "high",
  what: "a statement for a service of AWS may not name a source in another account",
  why: "the other account has the service read or write what is yours",
  fix: "write the own account in aws:SourceAccount and aws:SourceArn; acknowledge an account of the organisation",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "sp800-53/AC-4"],
  looksAt: [...typesWith("trust", "resource"), "aws_lambda_permission"],
  *check(block, stack) {
    const told = foreignTo(stack);
    for (const { at, account, evidence } of sourcesOf(block, stack))
      yield* told(account, { what: `Source::${account}`, at, evidence });
  },
};

interface Source {
  readonly at: string;
  readonly account: string;
  readonly evidence: Json;
}

function sourcesOf(block: Block, stack: StackJson): readonly Source[] {
  if (block.type === "aws_lambda_permission") {
    const { action = null, principal = null, source_account: account = null, source_arn: arn = null } = block.body;
    const evidence = [action, principal, arn, account];
    return [...accountsIn("source_account", account), ...accountsIn("source_arn", arn)].map((source) => ({
      ...source,
      evidence,
    }));
  }
  return grantsOf(block, stack, "trust", "resource").flatMap(({ at, statement, evidence }) => {
    if (!principalsOf(statement).some(({ type }) => type === "Service")) return [];
    const tests = testsOf(statement.Condition, SOURCE).filter(({ operator }) => !/Not/.test(operator));
    return tests.flatMap(({ values }) =>
      values.flatMap((value) => accountsIn(`${at}.Condition`, value)).map((source) => ({ ...source, evidence })),
    );
  });
}

/** The account that is written, alone or in an ARN */
function accountsIn(at: string, value: Json): readonly { readonly at: string; readonly account: string }[] {
  const account =
    typeof value === "string" ? /^(?:arn:[^:]*:[^:]*:[^:]*:)?(\d{12})(?::|$)/.exec(value)?.[1] : undefined;
  return account === undefined ? [] : [{ at, account }];
}

const SOURCE = /^(?:aws:Source(?:Arn|Account)|kms:CallerAccount|AWS:SourceOwner)$/i;
