import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, TerraformStack } from "cdktf";
import { AuditWitness, type AuditWitnessProps } from "../../constructs/oversight";

/** Not that of the example platform */
export const WITNESS_ACCOUNT = "444455556666";
export const WITNESS_CERTIFICATE = `arn:aws:acm:eu-central-1:${WITNESS_ACCOUNT}:certificate/0e0e0e0e-0000-4000-8000-000000000001`;
/** Of one log, by C2SP signed-note */
export const LOG_VKEY = "log.example+dd731188+AZQGo2oPdKk5ICIZgkbKU2L5LyiqkRvBC+mKqeMJLe8M";

/** A witness as others deploy it: a stack of cdktf in an account of their own, without a platform */
export class WitnessStack extends TerraformStack {
  public readonly witness: AuditWitness;

  constructor(app: App, id: string, props: Partial<AuditWitnessProps>) {
    super(app, id);
    new AwsProvider(this, "Aws", { region: "eu-central-1", allowedAccountIds: [WITNESS_ACCOUNT] });
    this.witness = new AuditWitness(this, "Witness", {
      host: "witness.other.example",
      certificateArn: WITNESS_CERTIFICATE,
      logs: [LOG_VKEY],
      ...props,
    });
  }
}
