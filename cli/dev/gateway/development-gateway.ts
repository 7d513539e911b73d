import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { localEnvoyFile, usersSecret } from "../../../constructs/gateway/local-envoy";
import type { Fleet } from "../../../domain";
import { Denial } from "../../../runtime/authorizer/denial";
import { startAuthorizer, type StartOptions } from "../../../runtime/authorizer/server";
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
import { routesIn, usersRouteIn } from "./forwarder-routes";
import { ToolStandIns } from "./tool-stand-ins";
import { UsersForwarder } from "./users-forwarder";

/** Of the gateway's SVID among the files */
export const GATEWAY = "gateway";
/** Of the certificate of the listener for users among the files */
export const USERS = "users";

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

/** How agents that serve are reached */
export interface ServingHere {
  /** Domain below which users reach them */
  readonly domain: string;
  /** Of the listener for users */
  readonly port: number;
  /** Ports at which companions listen for the gateway, by the agent's name; filled as they start */
  readonly pods: ReadonlyMap<string, number>;
}

export interface DevelopmentGatewayProps extends GatewayChoice {
  readonly fleet: Fleet;
  readonly trustDomain: string;
  readonly issuer: string;
  readonly port: number;
  readonly registry: AuthorizerConfig["registry"];
  readonly telemetry: AuthorizerConfig["telemetry"];
  readonly files: DevelopmentFiles;
  /** Undefined if no agent of the fleet has a way in */
  readonly serving: ServingHere | undefined;
  readonly log: Log;
  /** Told of each decision on a call */
  readonly onDecision?: StartOptions["onDecision"];
}

export interface DevelopmentGateway {
  /** https address */
  readonly url: string;
  /** What it is, for people */
  readonly by: string;
  /** What it does not do, for people; undefined if it is Envoy */
  readonly lacks: string | undefined;
  /** Undefined if calls go to the tools themselves */
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
  const { serving, onDecision } = props;
  const authorizer = await startAuthorizer(authorizerConfig(props, sockets.authorizer), {
    log,
    ...(standIns !== undefined && { destinations: { of: async () => standIns.address } }),
    ...(serving !== undefined && { pods: podsOf(serving) }),
    ...(onDecision !== undefined && { onDecision }),
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
    ...(serving !== undefined && { users: usersOf(files, serving) }),
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
  { files, port, serving }: DevelopmentGatewayProps,
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
  if (serving === undefined) return;
  const users = await UsersForwarder.start({
    route: usersRouteIn(parts.config),
    port: serving.port,
    authorizer,
    source,
    certificate: () => ({
      cert: readFileSync(files.certificate(USERS), "utf8"),
      key: readFileSync(files.key(USERS), "utf8"),
    }),
  });
  endings.push(() => users.close());
  // It is renewed with the others.
  source.onChange((svid) => svid !== undefined && users.renew());
}

/** Each agent has one pod here, at the port of its companion. */
function podsOf({ pods }: ServingHere): NonNullable<StartOptions["pods"]> {
  return {
    of: async ({ name }) => {
      const port = pods.get(name);
      if (port !== undefined) return `${LOOPBACK}:${port}`;
      throw Denial.of("way.agent", `${name} does not serve here: start npm run dev with --serves ${name}=<port>`);
    },
  };
}

function usersOf(files: DevelopmentFiles, { port }: ServingHere) {
  const paths = { chain: files.certificate(USERS), key: files.key(USERS), folder: files.path("svid") };
  return { listen: { address: LOOPBACK, port }, certificate: files.write("envoy-users.json", usersSecret(paths)) };
}

function svidFiles(files: DevelopmentFiles) {
  return { cert: files.certificate(GATEWAY), key: files.key(GATEWAY), bundle: files.bundle };
}

function authorizerConfig({ files, ...props }: DevelopmentGatewayProps, socket: string): AuthorizerConfig {
  const { cert: certificate, key, bundle } = svidFiles(files);
  const { trustDomain, issuer, registry, telemetry } = props;
  return {
    trustDomain,
    issuer,
    telemetry,
    exchange: { url: issuer },
    socket,
    registry,
    tls: { files: { certificate, key, bundle } },
    ...(props.serving !== undefined && { agents: { usersDomain: props.serving.domain } }),
  };
}

function lackOf(isChosen: boolean): string {
  const lacks =
    "The forwarder is for development: it asks the same authorizer, and lacks HTTP/2, CORS and Envoy's limits of time, connections, rate and memory.";
  return isChosen ? lacks : `${lacks} No Envoy was found: ${HOW_TO_GET_IT}.`;
}
