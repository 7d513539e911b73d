import type { Construct } from "constructs";
import { AgentBoundary } from "../constructs/access/agent-boundary";
import { AwsEndpoints } from "../constructs/access/aws-endpoints";
import { OpaRole } from "../constructs/decision/opa-role";
import { PolicyBucket } from "../constructs/decision/policy-bucket";
import { ExchangeRole, type ExchangeRoleProps } from "../constructs/exchange/exchange-role";
import { ExchangeTables } from "../constructs/exchange/exchange-tables";
import { GatewayRole } from "../constructs/gateway/gateway-role";
import { AdmissionPolicies, type AdmissionPoliciesProps } from "../constructs/admission/admission-policies";
import { CollectorRole } from "../constructs/oversight/collector-role";
import { AuditBucket } from "../constructs/oversight/audit-bucket";
import { DataTrail } from "../constructs/oversight/data-trail";
import { KillSwitchIdentity } from "../constructs/oversight/kill-switch-identity";
import { AmbitStack, type AmbitStackProps } from "../constructs/platform/ambit-stack";
import { withoutCreationStacks } from "../constructs/platform/creation-stacks";
import { CONTROL_ACCOUNT } from "../constructs/platform/names";
import { outputs } from "../constructs/platform/outputs";
import { DataKey, SigningKey } from "../constructs/platform/key";
import { StarterIdentity } from "../constructs/starters/starter-identity";
import { SpireCrds, type SpireCrdsProps } from "../constructs/spire/spire-crds";
import { SpireNamespaces } from "../constructs/spire/spire-namespaces";

/** Where OPA runs: in pods of its own, or beside the authorizer in those of the gateway */
export type OpaRunsIn = "gateway" | "pods";

export interface FoundationStackProps extends AmbitStackProps {
  /**
   * The kinds of SPIRE's custom resources.
   *
   * @default - Ambit's own definitions
   */
  readonly crds?: SpireCrdsProps;
  /**
   * Who may write the list of killed agents, besides deployers.
   *
   * @default - none
   */
  readonly admission?: AdmissionPoliciesProps;
  /**
   * Where the exchange runs.
   *
   * @default - in the cluster
   */
  readonly exchangeRunsIn?: ExchangeRoleProps["runsIn"];
  /**
   * Where OPA runs, as `opaRunsIn` of the control stack: the service account of its pods may fetch the bundle.
   *
   * @default "pods"
   */
  readonly opaRunsIn?: OpaRunsIn;
  /**
   * Whether CloudTrail writes down who reads and writes the fleet's datasets, so that `ambit audit trace` has AWS's word too. Without
   * it, a trail of the organisation's own has to have these data events.
   *
   * @default false
   */
  readonly dataTrail?: boolean;
}

/**
 * What everything else stands on and what must not be lost: keys, tables, audit records, the bucket of the policy, boundary,
 * the way to AWS, SPIRE's kinds and namespaces, and what the API server refuses.
 */
export class FoundationStack extends AmbitStack {
  constructor(scope: Construct, id: string, props: FoundationStackProps) {
    super(scope, id, props);
    withoutCreationStacks(() => {
      this.useAws();
      this.useKubernetes();
      const { network, exchangeRoleArn } = this.platform;
      const data = new DataKey(this, "DataKey");
      const tokens = new SigningKey(this, "TokenKey", { signs: "tokens", signer: exchangeRoleArn });
      const next = new SigningKey(this, "NextTokenKey", { signs: "tokens-next", signer: exchangeRoleArn });
      new SigningKey(this, "RegistryKey", { signs: "registry" });
      new SigningKey(this, "PolicyKey", { signs: "policy" });
      const log = new SigningKey(this, "AuditLogKey", { signs: "audit-log", signer: exchangeRoleArn });
      const tables = new ExchangeTables(this, "Tables", { key: data });
      const audit = new AuditBucket(this, "Audit", { key: data });
      if (props.dataTrail === true) new DataTrail(this, "DataTrail", { fleet: this.fleet });
      new ExchangeRole(this, "ExchangeRole", {
        stateTable: tables.stateTableArn,
        personKeyTable: tables.personKeyTableArn,
        registryTable: tables.registryTableArn,
        dataKey: data,
        tokenKeys: [tokens, next],
        logKey: log,
        auditBucket: audit,
        ...(props.exchangeRunsIn === undefined ? {} : { runsIn: props.exchangeRunsIn }),
      });
      new GatewayRole(this, "GatewayRole", { registryTable: tables.registryTableArn, dataKey: data });
      for (const starter of this.fleet.starters) {
        new StarterIdentity(this, `Starter-${starter.name}`, { starter });
      }
      if (this.platform.cluster.collector === "deployed") new CollectorRole(this, "CollectorRole");
      if (this.platform.hasKillSwitch) new KillSwitchIdentity(this, "KillSwitch");
      const policy = new PolicyBucket(this, "PolicyBucket", { key: data });
      new OpaRole(this, "OpaRole", {
        bundle: policy,
        key: data,
        ...(props.opaRunsIn === "gateway" && { serviceAccount: CONTROL_ACCOUNT.gateway }),
      });
      const endpoints = network.kind === "vpc" ? new AwsEndpoints(this, "Endpoints", { network }) : undefined;
      new AgentBoundary(this, "Boundary", endpoints ?? {});
      // Before what they are about: kinds before custom resources, and who may write a namespace before there is one.
      new SpireCrds(this, "SpireCrds", props.crds);
      const admission = new AdmissionPolicies(this, "Admission", props.admission);
      new SpireNamespaces(this, "SpireNamespaces", { after: admission.ready });
      outputs(this, {
        policy_bucket: this.platform.policyBucket,
        policy_key: this.platform.keyAlias("policy"),
        registry_table: this.platform.registryTable,
        registry_key: this.platform.keyAlias("registry"),
        region: this.platform.region,
        ...(endpoints === undefined ? {} : { dynamodb_url: endpoints.dynamodbUrl }),
      });
    });
  }
}
