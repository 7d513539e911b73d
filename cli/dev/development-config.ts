import { readFileSync } from "node:fs";
import { facts } from "../../fleet/platform";
import { checkConfig, type ExchangeConfig } from "../../runtime/exchange/config";
import type { WitnessingConfig } from "../../runtime/exchange/witnessing-config";
import type { FleetDocument } from "../../runtime/registry/fleet-view";
import { KeyFileSigner } from "../../runtime/signer/key-file-signer";
import type { DevelopmentFiles } from "./development-files";
import type { DevelopmentIssuers } from "./development-issuers";
import { idOf } from "./development-names";
import { SCOPE, signedFile } from "./development-registry";
import type { WitnessedLog } from "./development-witness";
import { GATEWAY } from "./gateway/development-gateway";
import { LOOPBACK } from "./loopback";
import type { ApproverPagePlace } from "./oversight/approver-page";

/** Of the service that asks the policy at each call, and may use all that is for services */
export const AUTHORIZER = "authorizer";
export const EXCHANGE = "exchange";
/** Of the files of the approvers' page */
export const APPROVERS = "approvers";

interface ConfigFacts {
  readonly issuer: string;
  readonly port: number;
  readonly aws: ExchangeConfig["aws"];
  readonly outbound: ExchangeConfig["outbound"];
  readonly document: FleetDocument;
  readonly files: DevelopmentFiles;
  readonly issuers: DevelopmentIssuers;
  readonly approverPage: ApproverPagePlace | undefined;
  readonly witnessing: WitnessingConfig;
}

/** Of the audit log */
export function auditLogOf(files: DevelopmentFiles): WitnessedLog {
  return { origin: `${facts.trustDomain}/audit`, key: files.noteKey("audit-log-key") };
}

/** Of the exchange, from what runs beside it */
export async function configOf({
  issuer,
  port,
  aws,
  outbound,
  document,
  files,
  issuers,
  approverPage,
  witnessing,
}: ConfigFacts): Promise<ExchangeConfig> {
  const registryKey = new KeyFileSigner(files.privateKey("registry-key"));
  const registry = files.write("registry.signed", await signedFile(document, registryKey));
  const publicKey = files.write("registry-key.pub.pem", await registryKey.publicKeyPem());
  const { origin, key } = auditLogOf(files);
  const services = [idOf(AUTHORIZER), idOf(GATEWAY)];
  return checkConfig({
    issuer,
    trustDomain: facts.trustDomain,
    listen: { host: LOOPBACK, port },
    tls: { files: { certificate: files.certificate(EXCHANGE), key: files.key(EXCHANGE), bundle: files.bundle } },
    jwtSvid: { jwksUri: issuers.svidKeys, ca: files.bundle },
    store: { level: { folder: files.path("state") } },
    registry: { from: { file: registry }, publicKeys: [publicKey], scope: SCOPE },
    signingKeys: [{ file: files.privateKey("signing-key") }],
    audit: {
      origin,
      key: { file: key },
      storage: { folder: files.path("audit-log") },
      witnessing,
    },
    services: { introspect: services, state: services, transaction: [idOf(AUTHORIZER)], outbound: services },
    aws,
    userKeys: { ca: approverPage?.ca === undefined ? files.bundle : trusted(files, approverPage.ca) },
    outbound,
    ...(approverPage !== undefined && {
      approverPage: {
        listen: { host: LOOPBACK, port: approverPage.port },
        tls: { certificate: files.certificate(APPROVERS), key: files.key(APPROVERS) },
      },
    }),
  });
}

function trusted(files: DevelopmentFiles, ca: string): string {
  return files.write("user-keys.ca.pem", `${readFileSync(files.bundle, "utf8")}${ca}`);
}
