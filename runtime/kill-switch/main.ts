import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { JSON_VARIABLE } from "../checked-config";
import { jsonLog } from "../log";
import { kmsSignature } from "../signer/kms-signer";
import { denied } from "./aws-step";
import { CALL_BOUNDS } from "./call-bounds";
import { readKillSwitchConfig } from "./config";
import { eksToken } from "./eks-token";
import { revokedAtExchange } from "./exchange-step";
import { KillSwitch } from "./kill-switch";
import { listed } from "./list-step";
import type { KillResult } from "./result";
import { send } from "../workload-api/https-send";

// The AWS SDK is pinned, and a log is no place to be told of later versions.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const config = readKillSwitchConfig(process.env[JSON_VARIABLE]);
const { region, key, endpoints = {}, cluster, roles } = config;
const at = (endpoint: string | undefined) => ({ ...CALL_BOUNDS, region, ...(endpoint !== undefined && { endpoint }) });
const kms = new KMSClient(at(endpoints.kms));
const iam = new IAMClient(at(endpoints.iam));

const killSwitch = new KillSwitch({
  config,
  revoke: (order) =>
    revokedAtExchange({ config, send, sign: (bytes) => kmsSignature(kms, key, bytes), now: Date.now }, order),
  deny: (role) => denied(iam, roles.partition, role),
  list: (agent, reason) =>
    listed(
      { cluster, send, token: () => eksToken(cluster.name, config, kms.config.credentials, new Date()) },
      agent,
      reason,
    ),
  log: jsonLog((line) => void process.stdout.write(line)),
});

/** The kill switch as a function of AWS Lambda: called by a command, an alarm, or a rule of EventBridge */
export function handler(event: unknown): Promise<KillResult | undefined> {
  return killSwitch.handle(event);
}
