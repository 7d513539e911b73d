import type { Block } from "../../block";
import { nameOf, objectOf, objectsIn, typesOf, writtenName } from "../../kubernetes-object";
import { manifestOf } from "../../private/manifest";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
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
  *check(block, stack) {
    if (block.type === "kubernetes_manifest" && manifestOf(block).kind === "CustomResourceDefinition")
      return yield* convertedBy(block);
    const object = objectOf(block, ...WEBHOOKS);
    if (object === undefined) return;
    for (const webhook of blocksOf(object.body, "webhook", `${object.at}webhook`)) {
      const at = `${object.at}webhook.client_config`;
      const client = blockOf(webhook, "client_config", at) ?? {};
      const name = textOf(webhook, "name", `${object.at}webhook.name`) ?? "";
      yield* outside(client, name, at);
      yield* outsideBy(client, name, at, stack);
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

/** A Service of the stack that is another name of a server */
function* outsideBy(client: BlockBody, what: string, at: string, stack: StackJson): Generator<Violation> {
  const service = blockOf(client, "service", `${at}.service`) ?? {};
  const [name, namespace] = [service["name"], service["namespace"]].map((each) => writtenName(each, stack));
  for (const { body } of name === undefined ? [] : objectsIn(stack, "Service")) {
    const own = nameOf(body, stack);
    const spec = blockOf(body, "spec") ?? {};
    const server = String(spec["external_name"] ?? "");
    if (own.name !== name || own.namespace !== namespace || spec["type"] !== "ExternalName") continue;
    if (!/\.svc(?:\.cluster\.local)?\.?$/.test(server)) yield { what, at: `${at}.service`, evidence: server };
  }
}
