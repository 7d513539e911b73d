import type { DevelopmentIssuers } from "../../../cli/dev/development-issuers";
import { AuthorizationServer } from "../../support/outbound/authorization-server";
import type { Suite } from "../harness/suite";
import { ISSUER } from "../exchange/issuer";
import { HOSTS } from "./gateway-fleet";
import { NameServer } from "./name-server";
import { RecordingTool } from "./recording-tool";
import { SecretServer } from "./secret-server";
import { userIssuers } from "./user-issuers";

const METADATA_ADDRESS = "169.254.169.254";
/** To which nothing is sent */
const PUBLIC_ADDRESS = "8.8.8.8";

/** What this process serves to the programs of a world */
export interface GatewayServers {
  readonly issuers: DevelopmentIssuers;
  readonly tool: RecordingTool;
  readonly names: NameServer;
  readonly secrets: SecretServer;
  /** Of the tool `mail`, which acts as the user */
  readonly login: AuthorizationServer;
}

export interface GatewayServersProps {
  readonly folder: string;
  /** Address of the tools */
  readonly host: string;
  /** Names that lead to it, besides those of the tools */
  readonly more: readonly string[];
}

/** They end with the suite. */
export async function gatewayServers(
  suite: Suite,
  { folder, host, more }: GatewayServersProps,
): Promise<GatewayServers> {
  const issuers = await userIssuers(suite, folder, ISSUER);
  const tool = await RecordingTool.start(host, Object.values(HOSTS));
  suite.afterwards(() => tool.stop());
  const names = await NameServer.start();
  suite.afterwards(() => names.stop());
  const secrets = await SecretServer.start();
  suite.afterwards(() => secrets.stop());
  const login = new AuthorizationServer();
  await login.listen();
  suite.afterwards(() => login.close());
  for (const name of Object.values(HOSTS)) if (name !== HOSTS.unknown) names.addresses.set(name, [host]);
  for (const name of more) names.addresses.set(name, [host]);
  names.addresses.set(HOSTS.metadata, [METADATA_ADDRESS]);
  names.addresses.set(HOSTS.twofold, [PUBLIC_ADDRESS, host]);
  return { issuers, tool, names, secrets, login };
}
