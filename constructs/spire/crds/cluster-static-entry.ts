import { boolean, definition, duration, list, object, spiffeId, text, trustDomain } from "./schema";

const spec = object(
  {
    admin: boolean,
    className: text(),
    dnsNames: list(text()),
    downstream: boolean,
    federatesWith: list(trustDomain),
    hint: text(),
    jwtSVIDTTL: duration,
    parentID: spiffeId,
    // Without a selector every process would match.
    selectors: list(text({ pattern: "^[^:]+:.+" }), { minItems: 1 }),
    spiffeID: spiffeId,
    storeSVID: boolean,
    x509SVIDTTL: duration,
  },
  ["parentID", "selectors", "spiffeID"],
);

export const clusterStaticEntry = definition(
  { kind: "ClusterStaticEntry", plural: "clusterstaticentries", singular: "clusterstaticentry" },
  spec,
  object({ masked: boolean, rendered: boolean, set: boolean }, ["masked", "rendered", "set"]),
);
