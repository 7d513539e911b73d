import { definition, object, spiffeId, text, trustDomain } from "./schema";

const profile = {
  ...object({ type: text({ enum: ["https_spiffe", "https_web"] }), endpointSPIFFEID: spiffeId }, ["type"]),
  "x-kubernetes-validations": [
    {
      rule: "(self.type == 'https_spiffe') == has(self.endpointSPIFFEID)",
      message: "endpointSPIFFEID must be given for https_spiffe and for nothing else",
    },
  ],
};

const spec = object(
  {
    bundleEndpointProfile: profile,
    bundleEndpointURL: text({ pattern: "^https://.+" }),
    className: text(),
    trustDomain,
    trustDomainBundle: text(),
  },
  ["bundleEndpointProfile", "bundleEndpointURL", "trustDomain"],
);

export const clusterFederatedTrustDomain = definition(
  {
    kind: "ClusterFederatedTrustDomain",
    plural: "clusterfederatedtrustdomains",
    singular: "clusterfederatedtrustdomain",
  },
  spec,
  object({}),
);
