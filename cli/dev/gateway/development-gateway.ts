import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { localEnvoyFile } from "../../../constructs/gateway/local-envoy";
import type { Fleet } from "../../../domain";
import { startAuthorizer } from "../../../runtime/authorizer/server";
import type { AuthorizerConfig } from "../../../runtime/authorizer/config";
import { systemClock } from "../../../runtime/clock";
import type { Log } from "../../../runtime/log";
import { FilesSource } from "../../../runtime/workload-api/files-source";
import type { DevelopmentFiles } from "../development-files";
import { LOOPBACK } from "../loopback";
import { AuthorizerClient } from "./authorizer-client";
import { EnvoyProcess } from "./envoy-process";
import { envoySecrets } from "./envoy-secrets";
import { findEnvoy, type FoundEnvoy, HOW_TO_GET_IT } from "./find-envoy";
import { Forwarder } from "./forwarder";
import { routesIn } from "./forwarder-routes";
import { ToolStandIns } from "./tool-stand-ins";

/** Of the gateway's SVID among the files */
export const GATEWAY = "gateway";

export interface GatewayChoice {
  /**
   * Take the forwarder though there is Envoy.
   *
   * @default false
   */
  readonly forwarder?: boolean;
  /**
   * Send calls to the tools themselves.
   *
   * @default false
   */
  readonly real?: boolean;
}

export interface DevelopmentGatewayProps extends GatewayChoice {
  readonly fleet: Fleet;
  readonly trustDomain: string;
  readonly issuer: string;
  readonly port: number;
  readonly registry: AuthorizerConfig["registry"];
  readonly files: DevelopmentFiles;
  readonly log: Log;
}

export interface DevelopmentGateway {
  /** https address */
  readonly url: string;
  /** What it is, for people */
  readonly by: string;
  /** What it does not do, for people; undefined where it is Envoy */
  readonly lacks: string | undefined;
  /** Undefined where calls go to the tools themselves */
  readonly standIns: ToolStandIns | undefined;
  close(): Promise<void>;
}

type Ending = () => Promise<void> | void;

/** The gateway on one machine: the authorizer that ships, before it Envoy or the forwarder, behind it stand-ins of the tools */
export async function startGateway(props: DevelopmentGatewayProps): Promise<DevelopmentGateway> {
  const envoy = props.forwarder === true ? undefined : await findEnvoy();
  const endings: Ending[] = [];
  const close = async (): Promise<void> => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    return { ...(await started(props, envoy, endings)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function started(
  props: DevelopmentGatewayProps,
  envoy: FoundEnvoy | undefined,
  endings: Ending[],
): Promise<Omit<DevelopmentGateway, "close">> {
  const { files, port, fleet, trustDomain, log } = props;
  // Paths of sockets are short, wherever the folder is.
  const run = mkdtempSync(join(tmpdir(), "ambit-"));
  endings.push(() => rmSync(run, { recursive: true, force: true }));
  const sockets = { authorizer: join(run, "authorizer.sock"), admin: join(run, "envoy.sock") };
  const standIns = props.real === true ? undefined : new ToolStandIns(fleet.tools);
  await standIns?.listen();
  endings.push(() => standIns?.close());
  const authorizer = await startAuthorizer(authorizerConfig(props, sockets.authorizer), {
    log,
    ...(standIns !== undefined && { destinations: { of: async () => standIns.address } }),
  });
  endings.push(() => authorizer.close());
  const authorities = standIns?.authority ?? rootCertificates.join("\n");
  const config = localEnvoyFile({
    trustDomain,
    fleet,
    issuer: props.issuer,
    listen: { address: LOOPBACK, port },
    identity: envoySecrets(files, GATEWAY, trustDomain),
    sockets,
    authorities: files.write("tool-authorities.pem", authorities),
  });
  const url = `https://${LOOPBACK}:${port}`;
  if (envoy === undefined) {
    await startForwarder(props, { config, socket: sockets.authorizer, authorities }, endings);
    return {
      url,
      standIns,
      by: "the development forwarder in place of Envoy",
      lacks: lackOf(props.forwarder === true),
    };
  }
  const path = files.write("envoy.json", config);
  const started = await EnvoyProcess.start({ program: envoy.path, config: path, admin: sockets.admin, log });
  endings.push(() => started.stop());
  return { url, standIns, by: `Envoy ${envoy.version}`, lacks: undefined };
}

async function startForwarder(
  { files, port }: DevelopmentGatewayProps,
  parts: { readonly config: string; readonly socket: string; readonly authorities: string },
  endings: Ending[],
): Promise<void> {
  const source = new FilesSource({ ...svidFiles(files), clock: systemClock });
  endings.push(() => source.close());
  const authorizer = new AuthorizerClient(parts.socket);
  endings.push(() => authorizer.close());
  const { authorities } = parts;
  const forwarder = await Forwarder.start({ ...routesIn(parts.config), port, authorizer, source, authorities });
  endings.push(() => forwarder.close());
}

function svidFiles(files: DevelopmentFiles) {
  return { cert: files.certificate(GATEWAY), key: files.key(GATEWAY), bundle: files.bundle };
}

function authorizerConfig({ files, ...props }: DevelopmentGatewayProps, socket: string): AuthorizerConfig {
  const { cert: certificate, key, bundle } = svidFiles(files);
  const { trustDomain, issuer, registry } = props;
  return {
    trustDomain,
    issuer,
    exchange: { url: issuer },
    socket,
    registry,
    tls: { files: { certificate, key, bundle } },
  };
}

function lackOf(isChosen: boolean): string {
  const lacks =
    "The forwarder is for development: it asks the same authorizer, and lacks HTTP/2 and Envoy's limits of time, connections and memory.";
  return isChosen ? lacks : `${lacks} No Envoy was found: ${HOW_TO_GET_IT}.`;
}
