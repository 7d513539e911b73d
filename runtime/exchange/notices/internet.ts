import type { Clock } from "../../clock";
import { dnsLookup } from "../../dns-lookup";
import type { SecretReader } from "../../outbound/secrets";
import { secretsManager } from "../../outbound/secrets-manager";
import { usableAddresses } from "../../usable-addresses";
import { httpsDelivery } from "./https-delivery";
import type { NoticeOutside } from "./receiver";

/** Secrets Manager, the name service, and hosts with public addresses alone */
export function internet(clock: Clock): NoticeOutside {
  let reader: Promise<SecretReader> | undefined;
  return {
    secrets: { read: async (arn, signal) => (await (reader ??= secretsManager(clock))).read(arn, signal) },
    lookup: dnsLookup(),
    usable: (addresses) => usableAddresses(addresses, false),
    deliver: httpsDelivery(),
  };
}
