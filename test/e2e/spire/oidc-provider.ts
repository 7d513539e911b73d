import { mkdirSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { freePort } from "../../../cli/dev/free-port";
import { serve, type Server } from "../harness/server";
import type { SpirePrograms } from "./programs";
import { writeConfig } from "./spire-config";

export interface ServingCertificate {
  readonly cert_file_path: string;
  readonly key_file_path: string;
  readonly [key: string]: unknown;
}

export interface OidcProviderConfig {
  readonly domains: readonly string[];
  /** Without it, it is served in plain text. HCL takes a block in a list or alone. */
  readonly serving_cert_file?: ServingCertificate | readonly ServingCertificate[];
  readonly [key: string]: unknown;
}

export interface OidcProviderOptions {
  /** Its address becomes one of this machine, and its health listener goes, which would listen on every interface. */
  readonly config: OidcProviderConfig;
  readonly folder: string;
  /** PEM of what signed its certificate, where it has one */
  readonly ca?: string;
}

export interface Answer {
  readonly code: number;
  readonly text: string;
}

export interface OidcProvider {
  readonly process: Server;
  readonly port: number;
  /**
   * Ask it as a client does that looks for this domain.
   *
   * @default the first of its domains, which the Host header names too
   */
  get(path: string, domain?: string, host?: string): Promise<Answer>;
}

/** Start it and wait until it has keys to show. */
export async function startOidcProvider(programs: SpirePrograms, options: OidcProviderOptions): Promise<OidcProvider> {
  const { folder, ca } = options;
  const { acme, health_checks, insecure_addr, listen_socket_path, serving_cert_file, ...rest } = options.config;
  const port = await freePort();
  const addr = `127.0.0.1:${port}`;
  const secure = serving_cert_file !== undefined;
  mkdirSync(folder, { recursive: true });
  const config = writeConfig(folder, "oidc-provider.json", {
    ...rest,
    ...(secure ? { serving_cert_file: at(serving_cert_file, addr) } : { insecure_addr: addr }),
  });
  const get: OidcProvider["get"] = (path, domain = options.config.domains[0] as string, host = domain) =>
    secure
      ? ask(requestSecure({ host: "127.0.0.1", port, path, headers: { host }, servername: domain, ca }))
      : ask(requestPlain({ host: "127.0.0.1", port, path, headers: { host } }));
  const process = await serve({
    name: "oidc-discovery-provider",
    command: programs.oidcProvider,
    args: ["-config", config],
    ready: async () => (await get("/keys")).code === 200,
  });
  return { process, port, get };
}

function at(certificate: NonNullable<OidcProviderConfig["serving_cert_file"]>, addr: string): unknown {
  return Array.isArray(certificate) ? certificate.map((block) => ({ ...block, addr })) : { ...certificate, addr };
}

function ask(request: ReturnType<typeof requestPlain>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once("error", reject).once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => (text += more));
      response.once("end", () => resolve({ code: response.statusCode ?? 0, text })).once("error", reject);
    });
    request.end();
  });
}
