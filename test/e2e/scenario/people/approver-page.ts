import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fleet } from "../../../../fleet";
import { exchange } from "../../../../fleet/exchange";
import { gateway } from "../../../../fleet/gateway";
import { platform } from "../../../../fleet/platform";
import { ControlStack } from "../../../../stacks";
import { synthesized, testApp } from "../../../support/app";
import { certificate } from "../../../support/certificate";
import { type Synthesized, synthesize } from "../../../support/example-app";
import { tlsSecret } from "../../cluster/aws/control-pods";
import type { OneNode } from "../../cluster/one-node";
import type { Check, Suite } from "../../harness/suite";
import { type RenderedObject, renderedObjects } from "../../spire/objects";

const NAMESPACE = "ambit-system";
const SECRET = "ambit-approvals-tls";
const AUTHORITY = "authority of the approvers' page";

/** Name of the approvers' page, as the example's platform declares it */
export const HOST = platform.people?.host ?? "";
export const ORIGIN = `https://${HOST}`;

export interface ApproverPage {
  /** Where the Service of its load balancer takes connections */
  readonly address: string;
  /** PEM of the authority of its certificate */
  readonly authority: string;
  /** What the page takes in the cluster, besides configuration and pods of the exchange */
  readonly objects: readonly string[];
}

let withPage: Synthesized | undefined;

/** The example with its approvers' page: the platform names its host, and the exchange is told to serve it. */
export function withApproverPage(): Synthesized {
  return (withPage ??= { ...synthesize(), stacks: { ...synthesize().stacks, control: controlStack() } });
}

function controlStack(): string {
  const app = testApp();
  const served = { ...exchange, approverPage: { certificate: SECRET } };
  new ControlStack(app, "control", { platform, fleet, exchange: served, gateway });
  return synthesized(app, (outdir) => readFileSync(join(outdir, "stacks", "control", "cdk.tf.json"), "utf8"));
}

/** The page's certificate, Service and network policy, before the exchange that serves it starts */
export function approverPage(suite: Suite, node: Check<OneNode>, agents: Check): Check<ApproverPage> {
  return suite.check(
    "control: the approvers' page has a certificate, a Service and a way for packets",
    [node, agents],
    async ([on], note) => {
      const authority = certificate({ commonName: AUTHORITY });
      const issuer = { commonName: AUTHORITY, key: authority.key };
      const { cert, key } = certificate({ commonName: HOST, dnsNames: [HOST], issuer });
      const client = on.client("deployer");
      await client.apply(tlsSecret(NAMESPACE, SECRET, { cert: `${cert}${authority.cert}`, key }));
      for (const { object } of itsObjects()) await client.apply(object);
      const objects = itsObjects().map(({ object }) => `${object.kind} ${object.metadata.name}`);
      note(objects.join(", "));
      const service = itsObjects().find(({ object }) => object.kind === "Service") as RenderedObject;
      const { spec } = await client.get(service.object);
      return { address: (spec as { readonly clusterIP: string }).clusterIP, authority: authority.cert, objects };
    },
  );
}

/** What is other than without it, and asks AWS nothing */
function itsObjects(): readonly RenderedObject[] {
  const without = new Map(
    renderedObjects(synthesize(), ["control"]).map(({ address, object }) => [address, JSON.stringify(object)]),
  );
  return renderedObjects(withApproverPage(), ["control"]).filter(({ address, object }) => {
    return !["ConfigMap", "Deployment"].includes(object.kind) && without.get(address) !== JSON.stringify(object);
  });
}
