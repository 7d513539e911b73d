import { readFileSync } from "node:fs";
import { DevelopmentAuthority } from "../../../cli/dev/development-authority";
import { DevelopmentFiles } from "../../../cli/dev/development-files";
import { SCOPE, signedFile } from "../../../cli/dev/development-registry";
import { KeyFileSigner } from "../../../runtime/signer/key-file-signer";
import { selfStartingDocument } from "../../support/exchange/self-starting-document";
import type { KubeObject } from "../spire/kube-client";
import { hardened } from "./hardened";
import { referenceOf } from "./images";

export const IMAGES_NAMESPACE = "images";
const TRUST_DOMAIN = "prod.acme.example";
const EXCHANGE_ID = `spiffe://${TRUST_DOMAIN}/ns/ambit-system/sa/ambit-exchange`;
const EXCHANGE = "ambit-exchange";
const HOST = `${EXCHANGE}.${IMAGES_NAMESPACE}.svc`;
const PORT = 8443;
/** Agents by the pods that have their SVIDs: one that may start itself by the registry of this world, and a stranger */
export const COMPANIONS = {
  "web-reader": `spiffe://${TRUST_DOMAIN}/ns/research/sa/web-reader`,
  stranger: `spiffe://${TRUST_DOMAIN}/ns/research/sa/stranger`,
} as const;

type Files = Readonly<Record<string, Uint8Array>>;

/**
 * An exchange and companions as pods, without AWS and SPIRE: keys and registry are files, the store is memory.
 *
 * @param folder an empty one, for keys
 */
export async function imageWorld(folder: string): Promise<readonly KubeObject[]> {
  const authority = new DevelopmentAuthority(TRUST_DOMAIN);
  const files = new DevelopmentFiles(folder, authority, [
    { name: "exchange", spiffeId: EXCHANGE_ID, names: { dnsNames: [HOST], ipAddresses: [] } },
    ...Object.entries(COMPANIONS).map(([name, spiffeId]) => ({ name, spiffeId })),
  ]);
  files.renew();
  const signer = new KeyFileSigner(files.privateKey("registry-key"));
  const document = selfStartingDocument("https://users.example", "https://starter.example");
  const exchange = {
    "exchange.json": Buffer.from(JSON.stringify(CONFIG)),
    "exchange.pem": readFileSync(files.certificate("exchange")),
    "exchange.key": readFileSync(files.key("exchange")),
    "bundle.pem": readFileSync(files.bundle),
    "registry.signed": Buffer.from(await signedFile(document, signer)),
    "registry.pub": Buffer.from(await signer.publicKeyPem()),
    "signing-key.pem": readFileSync(files.privateKey("signing-key")),
  };
  return [
    secret(EXCHANGE, exchange),
    exchangePod(),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: EXCHANGE, namespace: IMAGES_NAMESPACE },
      spec: { selector: { app: EXCHANGE }, ports: [{ port: PORT }] },
    },
    ...Object.keys(COMPANIONS).flatMap((name) => [
      secret(name, {
        "svid.pem": readFileSync(files.certificate(name)),
        "svid_key.pem": readFileSync(files.key(name)),
        "svid_bundle.pem": readFileSync(files.bundle),
      }),
      companionPod(name),
    ]),
  ];
}

const CONFIG = {
  issuer: `https://${HOST}:${PORT}`,
  trustDomain: TRUST_DOMAIN,
  listen: { host: "0.0.0.0", port: PORT },
  tls: { files: { certificate: "/files/exchange.pem", key: "/files/exchange.key", bundle: "/files/bundle.pem" } },
  jwtSvid: { jwksUri: "https://127.0.0.1:1/keys" },
  store: { memory: {} },
  registry: { from: { file: "/files/registry.signed" }, publicKeys: ["/files/registry.pub"], scope: SCOPE },
  signingKeys: [{ file: "/files/signing-key.pem" }],
  services: { introspect: [], state: [] },
};

function exchangePod(): KubeObject {
  return imagePod("exchange", EXCHANGE, {
    env: [{ name: "AMBIT_CONFIG", value: "/files/exchange.json" }],
    readinessProbe: { httpGet: { scheme: "HTTPS", port: PORT, path: "/ready" }, periodSeconds: 1 },
  });
}

function companionPod(name: string): KubeObject {
  const env = {
    AMBIT_EXCHANGE_URL: `https://${HOST}:${PORT}`,
    AMBIT_EXCHANGE_ID: EXCHANGE_ID,
    AMBIT_SVID_FOLDER: "/files",
  };
  return imagePod("companion", name, { env: Object.entries(env).map(([name, value]) => ({ name, value })) });
}

/**
 * A hardened pod of an image.
 *
 * @param name of the pod, and of the secret with its files, if there is one
 */
export function imagePod(image: string, name: string, container: Readonly<Record<string, unknown>> = {}): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: IMAGES_NAMESPACE, labels: { app: name } },
    spec: hardened(
      {
        name: image,
        image: referenceOf(image),
        volumeMounts: [{ name: "files", mountPath: "/files", readOnly: true }],
        ...container,
      },
      {
        restartPolicy: "Never",
        volumes: [{ name: "files", secret: { secretName: name, defaultMode: 0o440, optional: true } }],
      },
    ),
  };
}

function secret(name: string, files: Files): KubeObject {
  const data = Object.entries(files).map(([file, bytes]) => [file, Buffer.from(bytes).toString("base64")]);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: IMAGES_NAMESPACE },
    data: Object.fromEntries(data),
  };
}
