import { ENVOY_TYPES, envoyConfigsOf, hasEnvoyConfig } from "../../envoy-config";
import type { BlockRule } from "../../rule";
import { blockOf, textOf } from "../../value";

export const openAdmin: BlockRule = {
  id: "AMBIT-ENVOY-OPEN-ADMIN",
  severity: "critical",
  what: "Envoy's administration must listen on a socket or on loopback",
  why: "it asks no one who calls: it shows the configuration, drains listeners, and ends the proxy",
  fix: "write admin.address.pipe, or the address 127.0.0.1",
  standards: ["sp800-207/6", "owasp-nhi/NHI4", "sp800-53/AC-3", "sp800-53/CM-7", "maestro/L4"],
  looksAt: ENVOY_TYPES,
  isAbout: hasEnvoyConfig,
  *check(block, stack) {
    for (const { at: file, configuration } of envoyConfigsOf(block, stack)) {
      const at = `${file}.admin.address.socket_address.address`;
      const admin = blockOf(configuration, "admin", at) ?? {};
      const socket = blockOf(blockOf(admin, "address", at) ?? {}, "socket_address", at);
      if (socket === undefined) continue;
      const address = textOf(socket, "address", at) ?? "";
      if (!/^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(address)) yield { what: "admin", at, evidence: address };
    }
  },
};
