import { DataAwsKmsPublicKey } from "@cdktf/provider-aws/lib/data-aws-kms-public-key";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { onlyKnown } from "../../domain";
import { CERTIFICATE, type CertificateInput } from "../aws/certificate";
import type { TopicInput } from "../aws/topic";
import { alarmActions } from "../platform/alarm-topic";
import { functionAlarms } from "../platform/function-alarms";
import { functionApi } from "../platform/function-api";
import { concurrencyOf } from "../platform/function-checks";
import { functionCode } from "../platform/function-code";
import { nodeFunction } from "../platform/node-function";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { noticesNeedPods } from "./private/approver-page-checks";
import { issuerOf, signerOf } from "./private/exchange-checks";
import { commonConfig, type TokenKey } from "./private/exchange-config";
import { formerKeysOf } from "./private/former-keys";
import { hostOf, type MutualTls, mutualTlsOf } from "./private/function-checks";
import { functionName, logGroup } from "./private/function-names";

const MEGABYTES = 1_024;
/** The exchange answers within 10 s, and a cold start comes before. */
const SECONDS = 20;

export interface TokenExchangeFunctionProps {
  /** Certificate for the issuer's host, in AWS Certificate Manager, of the platform's account and region */
  readonly certificate: CertificateInput;
  /**
   * Claim `iss` of the tokens, the only audience that evidence may have, and where agents call: an https origin without a
   * port.
   *
   * @default - `https://exchange.<trust domain>`
   */
  readonly issuer?: string;
  /**
   * API Gateway requires of every client a certificate signed by an authority of this trust store, and the exchange
   * trusts it. Only SPIRE's authorities may be in it.
   *
   * @default - clients authenticate by JWT-SVID and proof of possession alone
   */
  readonly mutualTls?: MutualTls;
  /**
   * The key that signs. Both are published, so a change goes without a gap.
   *
   * @default "tokens"
   */
  readonly signsWith?: TokenKey;
  /**
   * Public keys in PEM that may have signed the registry as well, while the key `registry` is being rotated.
   *
   * @default - none
   */
  readonly formerRegistryKeys?: readonly string[];
  /**
   * The function writes records, and an exchange of the cluster moves them into the audit log: acts are refused while
   * the log is a minute behind. `none` is for a platform without such an exchange: the records stay in the table, where
   * only the platform can read them.
   *
   * @default "required"
   */
  readonly auditLog?: "none" | "required";
  /**
   * Concurrent requests, reserved for the function out of the account's limit.
   *
   * @default 50
   */
  readonly concurrency?: number;
  /**
   * SNS topic of the platform's region, to which alarms go.
   *
   * @default - none; alarms show in CloudWatch only
   */
  readonly alarmTopic?: TopicInput;
  /**
   * Path of the function's code, the archive that `npm run bundles` makes.
   *
   * @default - the one in this package
   */
  readonly code?: string;
  /**
   * What must be there before.
   *
   * @default - nothing
   */
  readonly after?: readonly ITerraformDependable[];
}

const PROPERTIES = [
  "certificate",
  "issuer",
  "mutualTls",
  "signsWith",
  "formerRegistryKeys",
  "auditLog",
  "concurrency",
  "alarmTopic",
  "code",
  "after",
] as const satisfies readonly (keyof TokenExchangeFunctionProps)[];

/** The exchange as a function of AWS Lambda, for agents outside the cluster: in place of `TokenExchange`, or beside it. */
export class TokenExchangeFunction extends Construct {
  public readonly issuer: string;
  /** Where the name of the issuer must lead: known after apply */
  public readonly target: { readonly domainName: string; readonly hostedZoneId: string };

  /** @throws DeclarationError `exchange.malformed`, and `property.unknown` */
  constructor(scope: Construct, id: string, props: TokenExchangeFunctionProps) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    onlyKnown(props, PROPERTIES, where);
    noticesNeedPods(platform, where);
    this.issuer = issuerOf(props.issuer, platform, where);
    const host = hostOf(this.issuer, where);
    const { region, account } = platform;
    const asked = { where, code: "exchange.malformed", region } as const;
    const certificateArn = CERTIFICATE.arnOf(props.certificate, { ...asked, property: "certificate", account });
    const mutualTls = props.mutualTls && mutualTlsOf(props.mutualTls, where);
    const concurrency = concurrencyOf(props.concurrency ?? 50, where, "exchange.malformed");
    const actions = alarmActions(props.alarmTopic, asked);
    const path = functionCode("lambda", props.code, where, "exchange.malformed");

    const config = {
      ...this.config(
        platform,
        signerOf(props.signsWith ?? "tokens", where),
        formerKeysOf(props.formerRegistryKeys ?? [], where),
      ),
      clientCertificates: mutualTls === undefined ? "none" : "api-gateway",
      ...(props.auditLog === "none" && { auditLog: "none" }),
      ...(platform.witnesses !== undefined && { unwitnessedSeconds: platform.witnesses.refuseSeconds }),
    };
    const name = functionName(platform);
    const code = nodeFunction(this, {
      name,
      description: "Ambit exchange",
      roleArn: platform.exchangeRoleArn,
      path,
      config,
      megabytes: MEGABYTES,
      seconds: SECONDS,
      concurrency,
      log: { logGroup: logGroup(platform) },
      ...(props.after !== undefined && { after: props.after }),
    });
    const { domainNameConfiguration: domain } = functionApi(this, {
      name,
      host,
      certificateArn,
      mutualTls,
      limit: concurrency,
      code,
    });
    functionAlarms(this, { name, whose: "exchange", actions });
    this.target = { domainName: domain.targetDomainName, hostedZoneId: domain.hostedZoneId };
  }

  private config(platform: Platform, signsWith: TokenKey, formerRegistryKeys: readonly string[]): object {
    const registryKey = new DataAwsKmsPublicKey(this, "RegistryKey", { keyId: platform.keyAlias("registry") });
    return commonConfig(platform, {
      issuer: this.issuer,
      signsWith,
      // Of the key in PEM the lines would end the text in JSON.
      registryKey: `-----BEGIN PUBLIC KEY-----\n${registryKey.publicKey}\n-----END PUBLIC KEY-----\n`,
      formerRegistryKeys,
      // The function is outside the VPC, where the usual names lead.
      dynamodbUrl: undefined,
    });
  }
}
