import {
  CreateRoleCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { RegistryKillSwitch } from "../../../domain/registry/document";
import { KeySet } from "../../../runtime/signer/key-set";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { KEY_ALIAS, KILL_SWITCH } from "../../support/exchange/kill-orders";

export const REGION = "eu-central-1";
const AGENT_ROLE = "prod.support-triage";
const OTHER_ROLE = "prod.researcher";
const FUNCTION_ROLE = "ambit-prod-kill-switch";
const TRUST = JSON.stringify({ Version: "2012-10-17", Statement: [] });

/** Credentials, as Lambda gives them to a function */
export interface FunctionCredentials {
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  readonly AWS_SESSION_TOKEN: string;
}

/** What the foundation makes at AWS, on a stand-in: the key, the function's role, and an agent's */
export class AwsOfFunction {
  private constructor(
    private readonly iam: IAMClient,
    /** As the signed registry has it */
    public readonly killSwitch: RegistryKillSwitch,
    public readonly credentials: FunctionCredentials,
  ) {}

  public static async at(endpoint: string): Promise<AwsOfFunction> {
    const at = { endpoint, region: REGION, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
    const [kms, iam, sts] = [new KMSClient(at), new IAMClient(at), new STSClient(at)];
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    await kms.send(new CreateAliasCommand({ AliasName: KEY_ALIAS, TargetKeyId: KeyMetadata?.KeyId }));
    const keys = await KeySet.of([await KmsSigner.of({ client: kms, key: KEY_ALIAS, keyId: KEY_ALIAS })]);
    for (const name of [AGENT_ROLE, OTHER_ROLE]) await iam.send(role(name, "/ambit/agents/prod/"));
    const { Role } = await iam.send(role(FUNCTION_ROLE, "/ambit/platform/"));
    const assumed = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: FUNCTION_ROLE }));
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = assumed.Credentials ?? {};
    return new AwsOfFunction(
      iam,
      { issuer: KILL_SWITCH, kms: [KEY_ALIAS], jwks: keys.jwks.keys },
      {
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretAccessKey,
        AWS_SESSION_TOKEN: SessionToken,
      },
    );
  }

  /** ARNs of policies that are attached to the role of an agent */
  public async attached(RoleName = AGENT_ROLE): Promise<readonly (string | undefined)[]> {
    const { AttachedPolicies = [] } = await this.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return AttachedPolicies.map(({ PolicyArn }) => PolicyArn);
  }

  /** The policy as AWS has written it */
  public async written(PolicyArn: string): Promise<unknown> {
    const { Policy } = await this.iam.send(new GetPolicyCommand({ PolicyArn }));
    const asked = { PolicyArn, VersionId: Policy?.DefaultVersionId };
    const { PolicyVersion } = await this.iam.send(new GetPolicyVersionCommand(asked));
    return JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? "")) as unknown;
  }
}

function role(name: string, path: string): CreateRoleCommand {
  return new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument: TRUST });
}
