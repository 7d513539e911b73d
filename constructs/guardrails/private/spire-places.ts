/** What the charts of SPIRE call its settings */
const CHART_NAMES: Readonly<Record<string, string>> = {
  admin_ids: "adminIDs",
  agent_ttl: "agentTTL",
  audit_log_enabled: "auditLogEnabled",
  authorized_delegates: "authorizedDelegates",
  ca_ttl: "caTTL",
  default_jwt_svid_ttl: "defaultJwtSvidTTL",
  default_x509_svid_ttl: "defaultX509SvidTTL",
  disable_spiffe_cert_validation: "sds.disableSPIFFECertValidation",
  skip_kubelet_verification: "workloadAttestors.k8s.verification.type",
};

/** Where a setting stands, by the name that a chart has for it */
export function placeOf(at: string, name: string): string {
  return `${at}.${/^values\b(?!\[)/.test(at) ? (CHART_NAMES[name] ?? name) : name}`;
}
