import { deepStrictEqual as equal, ok } from "node:assert";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { certificate } from "../../support/certificate";
import type { Check, Suite } from "../harness/suite";
import type { KubeObject } from "../spire/kube-client";
import { tlsSecret } from "./aws/control-pods";
import { type Control, registered, rendered } from "./control-checks";
import { containerHere } from "./images";
import type { OneNode } from "./one-node";
import { serverSays } from "./spire-server";
import { askAsUser, type UserGets } from "./user";

const READY_SECONDS = 240;
const NAMESPACE = "spire-server";
const NAME = "spire-oidc-discovery-provider";
/** The issuer of the example's platform */
const HOST = "oidc.prod.acme.example";
const WORKLOAD = "spiffe://prod.acme.example/ns/build/sa/build-watcher";
const AUDIENCE = "sts.amazonaws.com";

/**
 * What others verify JWT-SVIDs by: the provider's pod as rendered, asked through its Service
 *
 * @returns the check that it is Ready
 */
export function oidcChecks(suite: Suite, node: Check<OneNode>, { applied }: Control): Check {
  const standing = suite.check(
    "oidc: the discovery provider is Ready, with its keys by the Workload API",
    [node, applied],
    async ([on], note) => {
      const own = certificate({ commonName: HOST, dnsNames: [HOST] });
      const deployer = on.client("deployer");
      await deployer.apply(tlsSecret(NAMESPACE, "oidc-certificate", own));
      await deployer.apply(podsHere(rendered("spire", "Deployment", NAME).object));
      await registered(on, `spiffe://prod.acme.example/ns/${NAMESPACE}/sa/${NAME}`);
      const [seconds, pod] = await on.podReady(NAMESPACE, { "app.kubernetes.io/name": NAME }, READY_SECONDS);
      note(`${pod} is Ready ${seconds.toFixed(1)} s later; its certificate is of the test, and it has one replica`);
      const service = { apiVersion: "v1", kind: "Service", metadata: { name: NAME, namespace: NAMESPACE } };
      const { clusterIP } = (await on.client("administrator").get(service)).spec as { readonly clusterIP: string };
      return (path: string, host = HOST): Promise<UserGets> =>
        askAsUser(on, [clusterIP, 443], { authority: own.cert, host: HOST, path, method: "GET", named: host });
    },
  );

  suite.check(
    "oidc: its documents are served by its name, and a JWT-SVID is verified by them",
    [node, standing],
    async ([on, get]) => {
      const discovery = JSON.parse((await get("/.well-known/openid-configuration")).text) as Readonly<
        Record<string, unknown>
      >;
      equal([discovery["issuer"], discovery["jwks_uri"]], [`https://${HOST}`, `https://${HOST}/keys`]);
      const keys = JSON.parse((await get("/keys")).text) as JSONWebKeySet;
      ok(
        keys.keys.every(({ use, d }) => use === "sig" && d === undefined),
        "a key is not for signatures, or private",
      );
      const svid = await mintedJwt(on);
      const { payload } = await jwtVerify(svid, createLocalJWKSet(keys), {
        issuer: `https://${HOST}`,
        audience: AUDIENCE,
      });
      equal(payload.sub, WORKLOAD);
    },
  );

  suite.check("oidc: by another name it is no issuer", [standing], async ([get]) => {
    const { status, text } = await get("/.well-known/openid-configuration", "other.acme.example");
    equal([status, text.trim()], [400, 'domain "other.acme.example" is not allowed']);
  });
  return standing as Check;
}

async function mintedJwt(on: OneNode): Promise<string> {
  const said = await serverSays(on, ["jwt", "mint", "-spiffeID", WORKLOAD, "-audience", AUDIENCE]);
  const { svid } = said as { readonly svid: { readonly token: string } };
  return svid.token;
}

type Container = Parameters<typeof containerHere>[1] & { readonly name: string };

function podsHere(object: KubeObject): KubeObject {
  const { template, ...workload } = object.spec as {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  const containers = template.spec.containers.map((container) => ({
    ...container,
    ...containerHere(container.name, container),
  }));
  return {
    ...object,
    spec: { ...workload, replicas: 1, template: { ...template, spec: { ...template.spec, containers } } },
  };
}
