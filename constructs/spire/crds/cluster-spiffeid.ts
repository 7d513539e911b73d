import { boolean, definition, duration, integer, labelSelector, list, object, text, trustDomain } from "./schema";

const spec = object(
  {
    admin: boolean,
    autoPopulateDNSNames: boolean,
    className: text(),
    dnsNameTemplates: list(text()),
    downstream: boolean,
    fallback: boolean,
    federatesWith: list(trustDomain),
    hint: text(),
    jwtTtl: duration,
    namespaceSelector: labelSelector,
    podSelector: labelSelector,
    // A template: the whole is checked when it is rendered, its beginning here.
    spiffeIDTemplate: text({ pattern: "^spiffe://.+", maxLength: 2048 }),
    ttl: duration,
    // "type:value", as SPIRE reads selectors
    workloadSelectorTemplates: list(text({ pattern: "^[^:]+:.+" })),
  },
  ["spiffeIDTemplate"],
);

const stats = object({
  entriesMasked: integer,
  entriesToSet: integer,
  entryFailures: integer,
  namespacesIgnored: integer,
  namespacesSelected: integer,
  podEntryRenderFailures: integer,
  podsSelected: integer,
});

export const clusterSpiffeId = definition(
  { kind: "ClusterSPIFFEID", plural: "clusterspiffeids", singular: "clusterspiffeid" },
  spec,
  object({ stats }),
);
