import { withoutUser } from "../../private/settings";
import type { BlockRule } from "../../rule";
import { type BlockBody, isObject, listOf, textOf } from "../../value";

/** Endpoints of AWS itself, those of PrivateLink and FIPS included, are as good as the default. */
export const providerEndpoint: BlockRule = {
  id: "AMBIT-PROVIDER-ENDPOINT",
  severity: "high",
  what: "the calls of a provider must go to AWS, and through no other server",
  why: "another server answers what is there, takes each policy and secret that is written, and replays signed calls",
  fix: "leave endpoints and proxies out, or name an endpoint of amazonaws.com by https",
  standards: ["sp800-53/SC-8", "owasp-asi/ASI04", "owasp-nhi/NHI2"],
  looksAt: ["provider.aws", "provider.awscc", "provider.kubernetes", "provider.helm"],
  *check({ body }) {
    for (const [at, address] of addressesIn(body))
      if (address !== "" && !OF_AWS.test(address)) yield { what: at, at, evidence: withoutUser(address) };
  },
};

/**
 * `sts.eu-central-1.amazonaws.com`, or of an interface endpoint. Hosts of others end alike: they have one label more, that of a bucket, an
 * API, a load balancer, or an endpoint service.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html
 */
const REGION = "[a-z]{2}(?:-[a-z]+)+-\\d";
const OF_AWS = new RegExp(
  `^https://(?:[a-z0-9-]+(?:\\.dualstack)?(?:\\.${REGION})?\\.(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)|` +
    `(?:bucket\\.)?vpce-[a-z0-9-]+\\.(?!vpce-svc-)[a-z0-9-]+\\.${REGION}\\.vpce\\.amazonaws\\.com(?:\\.cn)?)/?$`,
);

const ADDRESSES = ["ec2_metadata_service_endpoint", "http_proxy", "https_proxy", "proxy_url"];

function* addressesIn(body: BlockBody): Generator<readonly [string, string]> {
  for (const at of ADDRESSES) yield [at, textOf(body, at) ?? ""];
  for (const each of listOf(body["kubernetes"]))
    if (isObject(each)) yield ["kubernetes.proxy_url", textOf(each, "proxy_url", "kubernetes.proxy_url") ?? ""];
  for (const each of listOf(body["endpoints"])) {
    if (!isObject(each)) yield ["endpoints", String(each)];
    else
      for (const name of Object.keys(each)) yield [`endpoints.${name}`, textOf(each, name, `endpoints.${name}`) ?? ""];
  }
}
