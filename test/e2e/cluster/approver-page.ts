import { exchange } from "../../../fleet/exchange";
import { platform } from "../../../fleet/platform";
import { certificate } from "../../support/certificate";
import type { Check, Suite } from "../harness/suite";
import { tlsSecret } from "./aws/control-pods";
import type { OneNode } from "./one-node";

const NAMESPACE = "ambit-system";
const SECRET = exchange.approverPage?.certificate ?? "";
const SERVICE = { name: "ambit-exchange-approvers", namespace: NAMESPACE };
const AUTHORITY = "authority of the approvers' page";

/** Name of the approvers' page, as the example's platform declares it */
export const PAGE_HOST = platform.people?.host ?? "";
export const PAGE_ORIGIN = `https://${PAGE_HOST}`;

export interface ApproverPage {
  /** Where the Service of its load balancer takes connections */
  readonly address: string;
  /** PEM of the authority of its certificate */
  readonly authority: string;
}

/** The page's certificate, before the exchange that serves it starts */
export function approverPage(suite: Suite, node: Check<OneNode>, agents: Check): Check<ApproverPage> {
  return suite.check("control: the approvers' page has a certificate and a Service", [node, agents], async ([on]) => {
    const authority = certificate({ commonName: AUTHORITY });
    const issuer = { commonName: AUTHORITY, key: authority.key };
    const { cert, key } = certificate({ commonName: PAGE_HOST, dnsNames: [PAGE_HOST], issuer });
    const client = on.client("deployer");
    await client.apply(tlsSecret(NAMESPACE, SECRET, { cert: `${cert}${authority.cert}`, key }));
    const { spec } = await client.get({ apiVersion: "v1", kind: "Service", metadata: SERVICE });
    return { address: (spec as { readonly clusterIP: string }).clusterIP, authority: authority.cert };
  });
}
