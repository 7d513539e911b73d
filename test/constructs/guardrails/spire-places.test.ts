import { placeOf } from "../../../constructs/guardrails/private/spire-places";

test.each([
  ["values.spire-server", "admin_ids", "values.spire-server.adminIDs"],
  ["values", "audit_log_enabled", "values.auditLogEnabled"],
  ["values.spire-agent", "skip_kubelet_verification", "values.spire-agent.workloadAttestors.k8s.verification.type"],
  [
    "values.spire-server.controllerManager.identities.clusterSPIFFEIDs.a",
    "admin",
    "values.spire-server.controllerManager.identities.clusterSPIFFEIDs.a.admin",
  ],
  ['data["server.conf"]', "admin_ids", 'data["server.conf"].admin_ids'],
])("in %s, the setting %s is told as %s", (at, name, place) => {
  expect(placeOf(at, name)).toBe(place);
});
