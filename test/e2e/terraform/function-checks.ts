import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SignalsProps, UserIssuerProps } from "../../../constructs";
import type { SilenceAlarm, TokenExchangeFunctionProps } from "../../../constructs/exchange";
import { facts } from "../../../fleet/platform";
import type { Suite } from "../harness/suite";
import { same } from "./account/expected";
import { synthesize } from "./app";
import { type Deployed, noteIgnored } from "./deploy-checks";
import { NOT_IN_MOTO, withoutHashes } from "./rehearsal";
import type { Engine } from "./terraform";

/** An archive without files: nothing invokes the function here. */
const EMPTY_ZIP = Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]);

const PROPS: TokenExchangeFunctionProps = {
  certificate: "arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-4000-8000-000000000003",
  mutualTls: { truststoreUri: "s3://acme-trust/spire.pem", truststoreVersion: "v1" },
  alarmTopic: "arn:aws:sns:eu-central-1:111122223333:on-call",
};

/** What of AWS the exchange in the cluster has of its own: an alarm where an issuer of users is not heard */
const SILENCE: SilenceAlarm = {
  logGroup: "/aws/containerinsights/prod/application",
  alarmTopic: "arn:aws:sns:eu-central-1:111122223333:on-call",
};
const [issuer] = facts.issuers ?? [];
const SIGNALS: SignalsProps = {
  poll: "https://login.acme.example/ssf/poll",
  audience: "ambit-prod",
  tokenEndpoint: "https://login.acme.example/token",
  client: { id: "ambit", key: "exchange" },
};

/** What the function is made of, and the alarms, by address without its hash */
const FUNCTION = [
  "aws_apigatewayv2_api.Function_Api",
  "aws_apigatewayv2_api_mapping.Function_Mapping",
  "aws_apigatewayv2_domain_name.Function_Domain",
  "aws_apigatewayv2_integration.Function_Integration",
  "aws_apigatewayv2_route.Function_Route",
  "aws_apigatewayv2_stage.Function_Stage",
  "aws_cloudwatch_log_group.Function_Log",
  "aws_cloudwatch_log_metric_filter.Exchange_SilentSignals",
  "aws_cloudwatch_metric_alarm.Exchange_SilentSignalsAlarm",
  "aws_cloudwatch_metric_alarm.Function_Duration",
  "aws_cloudwatch_metric_alarm.Function_Errors",
  "aws_cloudwatch_metric_alarm.Function_Throttles",
  "aws_kms_alias.Function_LogKey_Alias",
  "aws_kms_key.Function_LogKey",
  "aws_lambda_function.Function",
  "aws_lambda_permission.Function_Invoke",
];
const APPLIED = FUNCTION.filter((address) => reasonLacking(address) === undefined);
/** What of the foundation changes, where the exchange may run in Lambda too */
const ROLE = ["aws_iam_role.ExchangeRole", "aws_iam_role_policy.ExchangeRole_Access"];

/** The exchange in Lambda beside the one in the cluster, on the deployed foundation. Its code is not run here. */
export function functionChecks(
  suite: Suite,
  name: Engine["name"],
  { world, folder, outdir, workspaces, control }: Deployed,
): void {
  const check: Suite["check"] = (text, needs, act) =>
    suite.check(`${name}: the exchange in Lambda: ${text}`, needs, act);

  const planned = check(
    "its role changes, and it is planned",
    [world, workspaces, control],
    async ([account, made]) => {
      const code = join(folder, "lambda.zip");
      writeFileSync(code, EMPTY_ZIP);
      const out = synthesize(join(folder, "function"), {
        network: account.network,
        exchangeFunction: { ...PROPS, code },
        exchange: { silenceAlarm: SILENCE },
        changes: { issuers: [{ ...(issuer as UserIssuerProps), signals: SIGNALS }] },
      });
      made.use("foundation", out);
      same(withoutHashes(await made.of("foundation").plan()), inPlan("update", ROLE), "plan of the foundation");
      await made.of("foundation").applyPlanned();
      made.use("control", out, "plan");
      same(withoutHashes(await made.of("control").plan()), inPlan("create", FUNCTION), "plan of the control stack");
      return out;
    },
  );
  const applied = check("applies, and a second plan is empty", [workspaces, planned], async ([made, out], note) => {
    for (const address of FUNCTION.filter((each) => !APPLIED.includes(each))) {
      note(`planned only: ${address} (${reasonLacking(address)})`);
    }
    const copy = made.use("control", out);
    await made.of("control").apply();
    await made.of("control").planIsEmpty();
    noteIgnored(copy, note);
  });
  check("going back destroys only that", [outdir, workspaces, applied], async ([before, made]) => {
    for (const [stack, plan] of [
      ["control", inPlan("delete", APPLIED)],
      ["foundation", inPlan("update", ROLE)],
    ] as const) {
      made.use(stack, before);
      same(withoutHashes(await made.of(stack).plan()), plan, `plan of ${stack}`);
      // That nothing is left to change is what `ambit deploy` says of both next.
      await made.of(stack).applyPlanned();
    }
  });
}

function reasonLacking(address: string): string | undefined {
  return NOT_IN_MOTO.resources[address.split(".")[0] as string];
}

function inPlan(action: string, addresses: readonly string[]): readonly string[] {
  return addresses.map((address) => `${action} ${address}`);
}
