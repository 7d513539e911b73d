import { certificate, type Certified } from "../../../support/certificate";
import type { KubeObject } from "../../spire/kube-client";
import type { RenderedObject } from "../../spire/objects";
import { containerHere, standInHere } from "../images";

type Fields = Readonly<Record<string, unknown>>;
type Container = Fields & {
  readonly name: string;
  readonly resources: { readonly limits: Readonly<Record<string, string>> };
  readonly env?: readonly Fields[];
  readonly volumeMounts: readonly Fields[];
};
interface Pods extends Fields {
  readonly template: Fields & {
    readonly spec: Fields & {
      readonly initContainers?: readonly Container[];
      readonly containers: readonly Container[];
      readonly volumes: readonly Fields[];
    };
  };
}

/** What is other than rendered in the pods that ask AWS */
export const CHANGED =
  "images by the names of this cluster, one replica, smaller requests; they trust the authority of the front of AWS, by a " +
  "variable and a file that are added, Envoy by the file that it reads; the public keys that the stacks look up are those of moto";

const NAMESPACE = "ambit-system";
/** Below which the example's users reach agents */
export const USERS_DOMAIN = "agents.acme.example";
/** What the translation has in place of what Terraform would look up */
const UNKNOWN = "the public key";
const UNKNOWN_JSON = '"the public key, as JSON"';
const AUTHORITY = "stand-in-authority";
const FOLDER = "/etc/stand-in-authority";
const FILE = "ca.pem";
/** By which a program is told to trust more than it does by itself */
const TRUSTS: Readonly<Record<string, string>> = {
  exchange: "NODE_EXTRA_CA_CERTS",
  opa: "SSL_CERT_FILE",
  authorizer: "NODE_EXTRA_CA_CERTS",
  collector: "SSL_CERT_FILE",
};
/** Where Envoy reads the authorities that it trusts: the file with that authority lies over that of the image. */
const ENVOY_TRUSTS = "/etc/ssl/certs/ca-certificates.crt";
/** What runs in place of programs that are no modules of Go, by container */
const STAND_INS: Readonly<Record<string, string>> = { svid: "svid-helper", "svid-renewal": "svid-helper" };

/** With the authority whose certificates the front of AWS shows */
export function authorityMap(authority: string, namespace = NAMESPACE): KubeObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: AUTHORITY, namespace },
    data: { [FILE]: authority },
  };
}

/** For a pod, which needs the map in its namespace */
export const AUTHORITY_VOLUME = { name: AUTHORITY, configMap: { name: AUTHORITY } } as const;
export const AUTHORITY_MOUNT = { name: AUTHORITY, readOnly: true, mountPath: FOLDER } as const;
export const AUTHORITY_FILE = `${FOLDER}/${FILE}`;

/** What users see of the gateway, by the name that the example's platform gives it */
export function usersCertificate(): { readonly authority: string; readonly secret: KubeObject } {
  const { cert, key } = certificate({ commonName: USERS_DOMAIN, dnsNames: [`*.${USERS_DOMAIN}`] });
  return { authority: cert, secret: tlsSecret(NAMESPACE, "ambit-users-tls", { cert, key }) };
}

export function tlsSecret(namespace: string, name: string, { cert, key }: Certified): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: { name, namespace },
    stringData: { "tls.crt": cert, "tls.key": key },
  };
}

/** A ConfigMap with the key that was not known when it was synthesized, as it is or within JSON */
export function withKey({ object }: RenderedObject, key: string): KubeObject {
  const data = Object.entries(object.data as Readonly<Record<string, string>>);
  const known = (text: string): string => (text === UNKNOWN ? key : text.replace(UNKNOWN_JSON, JSON.stringify(key)));
  return { ...object, data: Object.fromEntries(data.map(([name, text]) => [name, known(text)])) };
}

/** A Deployment as rendered, but for {@link CHANGED} */
export function controlPods({ object }: RenderedObject): KubeObject {
  const { template, ...workload } = object.spec as Pods;
  const { initContainers, containers, volumes, ...pod } = template.spec;
  const spec = {
    ...pod,
    ...(initContainers && { initContainers: initContainers.map(here) }),
    containers: containers.map(here),
    volumes: [...volumes, AUTHORITY_VOLUME],
  };
  return { ...object, spec: { ...workload, replicas: 1, template: { ...template, spec } } };
}

function here(container: Container): Container {
  const { name, env = [], volumeMounts } = container;
  const [trusts, standIn] = [TRUSTS[name], STAND_INS[name]];
  return {
    ...container,
    ...(standIn === undefined ? containerHere(name, container) : standInHere(standIn)),
    ...(name === "envoy" && {
      volumeMounts: [...volumeMounts, { ...AUTHORITY_MOUNT, mountPath: ENVOY_TRUSTS, subPath: FILE }],
    }),
    ...(trusts !== undefined && {
      env: [...env, { name: trusts, value: AUTHORITY_FILE }],
      volumeMounts: [...volumeMounts, AUTHORITY_MOUNT],
    }),
  };
}
