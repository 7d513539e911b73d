import type { Block } from "../../block";
import { objectOf, typesOf } from "../../kubernetes-object";
import { manifestOf } from "../../private/manifest";
import type { BlockRule, Violation } from "../../rule";
import { blockOf, blocksAlong, blocksOf, type BlockBody, textOf } from "../../value";

const WEBHOOKS = ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"];

/** A Service of the cluster has a name below svc; loopback is the API server's own machine. */
const INSIDE =
  /^https:\/\/(?:[a-z0-9-]+\.[a-z0-9-]+\.svc(?:\.cluster\.local)?|localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:\/|$)/;

/** Webhooks of admission, and those that convert objects of a definition */
export const webhookOutside: BlockRule = {
  id: "AMBIT-KUBERNETES-WEBHOOK-OUTSIDE",
  severity: "high",
  what: "a webhook of the API server must be a Service of the cluster",
  why: "a server outside of it reads each object that it is asked about, Secrets too, and changes the objects of a mutating or converting one",
  fix: "run the webhook in the cluster and write clientConfig.service",
  standards: ["sp800-207/2", "owasp-nhi/NHI3", "owasp-asi/ASI04", "sp800-53/SR-3", "sp800-53/SC-7", "maestro/L4"],
  looksAt: typesOf(...WEBHOOKS),
  *check(block) {
    if (block.type === "kubernetes_manifest" && manifestOf(block).kind === "CustomResourceDefinition")
      return yield* convertedBy(block);
    const object = objectOf(block, ...WEBHOOKS);
    if (object === undefined) return;
    for (const webhook of blocksOf(object.body, "webhook", `${object.at}webhook`)) {
      const at = `${object.at}webhook.client_config`;
      const client = blockOf(webhook, "client_config", at) ?? {};
      yield* outside(client, textOf(webhook, "name", `${object.at}webhook.name`) ?? "", at);
    }
  },
};

function* convertedBy(block: Block): Generator<Violation> {
  const at = "manifest.spec.conversion.webhook.clientConfig";
  for (const client of blocksAlong(manifestOf(block).manifest, ["spec", "conversion", "webhook", "clientConfig"], at))
    yield* outside(client, "conversion", at);
}

function* outside(client: BlockBody, what: string, at: string): Generator<Violation> {
  const url = textOf(client, "url", `${at}.url`);
  if (url === undefined || INSIDE.test(url)) return;
  // What follows the address may hold a token.
  yield { what, at: `${at}.url`, evidence: url.replace(/^(\w+:\/\/)(?:[^/@]*@)?([^/?#]*).*$/, "$1$2") };
}
