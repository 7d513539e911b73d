import { REGISTRATION_TYPES, registrationsOf } from "../../private/registrations";
import type { BlockRule } from "../../rule";
import { type BlockBody, textOf, textsOf } from "../../value";

/** A label that a template reads must be one that admission policies hold: that it is read is no finding. */
export const sharedTemplate: BlockRule = {
  id: "AMBIT-SPIRE-SHARED-TEMPLATE",
  severity: "high",
  what: "the SPIFFE ID of a pod must hold its namespace and its service account or name",
  why: "pods of other namespaces or workloads get the same identity, with all that is granted to it",
  fix: "write spiffe://{{ .TrustDomain }}/ns/{{ .PodMeta.Namespace }}/sa/{{ .PodSpec.ServiceAccountName }}",
  standards: ["owasp-nhi/NHI9", "owasp-nhi/NHI4", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/IA-9"],
  looksAt: REGISTRATION_TYPES,
  *check(block, stack) {
    for (const { kind, at, spec } of registrationsOf(block, stack)) {
      if (kind === "ClusterStaticEntry") {
        if (isForged(spec, at))
          yield {
            what: "selectors",
            at: `${at}.selectors`,
            evidence: [spec["spiffeID"] ?? null, spec["selectors"] ?? null],
          };
        continue;
      }
      if (kind !== "ClusterSPIFFEID") continue;
      const place = `${at}.spiffeIDTemplate`;
      const template = textOf(spec, "spiffeIDTemplate", place) ?? "";
      const namesWorkload = /\.PodSpec\.ServiceAccountName|\.PodMeta\.(?:Name|UID|Labels)\b/.test(template);
      if (!namesWorkload || !/\.PodMeta\.(?:Namespace|UID)\b/.test(template))
        yield { what: "spiffeIDTemplate", at: place, evidence: template };
    }
  },
};

/** Whether an entry gives the identity of a service account to what is not told by that namespace and account */
function isForged(spec: BlockBody, at: string): boolean {
  const id = /\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(textOf(spec, "spiffeID", `${at}.spiffeID`) ?? "");
  const selectors = textsOf(spec, "selectors", `${at}.selectors`);
  return id !== null && !(selectors.includes(`k8s:ns:${id[1]}`) && selectors.includes(`k8s:sa:${id[2]}`));
}
