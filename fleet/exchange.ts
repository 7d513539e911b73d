import type { TokenExchangeProps } from "../constructs/exchange";

/** The example organisation's choices about the exchange. */
export const exchange: TokenExchangeProps = {
  // Where the keys of SPIRE, and of the issuers and starters in platform.ts, are published
  keyCidrs: ["203.0.113.0/24"],
  // People decide in a browser, at platform.people.host. cert-manager or the like keeps the certificate in this secret.
  approverPage: { certificate: "ambit-approvals-tls" },
};
