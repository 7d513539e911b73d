import { VerifiedpermissionsIdentitySource } from "@cdktf/provider-aws/lib/verifiedpermissions-identity-source";
import { VerifiedpermissionsPolicy } from "@cdktf/provider-aws/lib/verifiedpermissions-policy";
import { VerifiedpermissionsPolicyStore } from "@cdktf/provider-aws/lib/verifiedpermissions-policy-store";
import { VerifiedpermissionsSchema } from "@cdktf/provider-aws/lib/verifiedpermissions-schema";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { plainString, refuse, shown } from "../../domain";
import { literal } from "../platform/literal";
import { platformOf } from "../platform/scope";
import { checkedCedar } from "./private/cedar-checks";

/** Cedar's name for an agent (policies/cedar/ambit.cedarschema) */
const AGENT = "Ambit::Agent";

export interface CedarPolicyEngineProps {
  /** Decisions per second that Amazon Verified Permissions grants your account; 200 unless AWS has raised it */
  readonly quotaPerSecond: number;
  /** Decisions per second that you will ask for at most */
  readonly expectedPerSecond: number;
  /** Audiences of the JWT-SVIDs by which callers may name an agent, at least one */
  readonly audiences: readonly string[];
  /**
   * Folder with Cedar of your own: policies that `forbid`, whose `@id` begins with `custom.`
   *
   * @default - none
   */
  readonly rules?: string;
}

/**
 * A policy store in Amazon Verified Permissions with Ambit's Cedar: validated strictly, one policy per rule, agents named
 * by SPIRE's JWT-SVIDs.
 *
 * Each decision is a request to AWS that counts against a quota, so how many you need is declared, and refused where it is
 * more.
 */
export class CedarPolicyEngine extends Construct {
  /** Known after apply */
  public readonly policyStoreArn: string;
  /** Known after apply */
  public readonly policyStoreId: string;
  /** Done once every policy is in the store: ask for no decision earlier */
  public readonly ready: readonly ITerraformDependable[];

  /** @throws DeclarationError `policy.malformed`, `policy.quota`, `policy.too-large` */
  constructor(scope: Construct, id: string, props: CedarPolicyEngineProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const { name, issuer, protectData } = platformOf(this);
    checkQuota(props, where);
    const audiences = audiencesOf(props, where);
    const { schemaJson, policies } = checkedCedar(props.rules, where);
    const store = new VerifiedpermissionsPolicyStore(this, "Resource", {
      description: `Ambit: decisions of ${name}`,
      validationSettings: [{ mode: "STRICT" }],
      deletionProtection: protectData ? "ENABLED" : "DISABLED",
      lifecycle: { preventDestroy: protectData },
    });
    const { policyStoreId } = store;
    const schema = new VerifiedpermissionsSchema(this, "Schema", {
      policyStoreId,
      definition: [{ value: literal(schemaJson) }],
    });
    this.ready = policies.map(
      ({ name: policy, text, description }) =>
        new VerifiedpermissionsPolicy(this, `Policy-${policy}`, {
          policyStoreId,
          definition: [{ static: [{ description: literal(description), statement: literal(text) }] }],
          // A strict store takes no policy before it has a schema.
          dependsOn: [schema],
        }),
    );
    new VerifiedpermissionsIdentitySource(this, "Identities", {
      policyStoreId,
      principalEntityType: AGENT,
      configuration: [
        {
          openIdConnectConfiguration: [
            // The typings call the selection optional, the API does not.
            { issuer, tokenSelection: [{ accessTokenOnly: [{ audiences, principalIdClaim: "sub" }] }] },
          ],
        },
      ],
      dependsOn: [schema],
    });
    this.policyStoreArn = store.arn;
    this.policyStoreId = policyStoreId;
  }
}

/** Beyond the quota AWS answers with an error, which is a denial. */
function checkQuota({ quotaPerSecond, expectedPerSecond }: CedarPolicyEngineProps, where: string): void {
  for (const [property, value] of Object.entries({ quotaPerSecond, expectedPerSecond })) {
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
      refuse("policy.malformed", where, `${property} must be a number above zero, got ${shown(value)}`);
    }
  }
  if (expectedPerSecond > quotaPerSecond) {
    const sentence = `expectedPerSecond is ${expectedPerSecond}, and quotaPerSecond allows ${quotaPerSecond}`;
    refuse("policy.quota", where, `${sentence}: have AWS raise the quota, or decide with OPA`);
  }
}

/** An empty list would accept tokens for any audience. */
function audiencesOf({ audiences }: CedarPolicyEngineProps, where: string): string[] {
  if (audiences.length === 0) {
    refuse("policy.malformed", where, "audiences must name at least one audience of JWT-SVIDs, got []");
  }
  return audiences.map((audience) => plainString(audience, where, "audiences", "policy.malformed"));
}
