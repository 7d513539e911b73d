import { generateKeyPairSync } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { pem } from "../../../cli/dev/development-authority";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { ISSUER } from "../exchange/issuer";
import type { RealSpire } from "../exchange/real-spire";
import { DOMAIN, idOf } from "./gateway-identities";
import type { GatewayWorldOptions, PeopleOptions } from "./gateway-world-options";

/** Of whose users the tool `mail` knows */
export const LOGIN_ISSUER = "https://login.acme-tools.example";

export interface GatewayExchangeProps extends Pick<ExchangeConfig, "listen" | "registry" | "store"> {
  readonly aws: ExchangeConfig["aws"];
  readonly spire: RealSpire;
  /** Of a file in the folder of the world */
  readonly path: (name: string) => string;
  /** Of the authorization server of `mail` */
  readonly tokenEndpoint: string;
  readonly secretsEndpoint: string;
  /** Undefined where there is no page */
  readonly people: PeopleOptions | undefined;
  readonly signals: ExchangeConfig["signals"];
}

/** The exchange behind the gateway, with what its tools are called with */
export function gatewayExchangeConfig(props: GatewayExchangeProps): ExchangeConfig {
  const { spire, path, tokenEndpoint, secretsEndpoint, listen, registry, store, people, signals, aws } = props;
  const gateway = [idOf("gateway")];
  return {
    issuer: ISSUER,
    trustDomain: DOMAIN,
    listen,
    tls: { workloadApi: `unix://${spire.agent.socket}` },
    jwtSvid: { jwksUri: spire.keysAddress, ca: spire.keysAuthority },
    store,
    ...(store.dynamodb && { persons: { level: { folder: path("person-keys") } } }),
    registry,
    signingKeys: [{ file: path("signing.pem") }],
    services: { introspect: gateway, state: gateway, outbound: gateway },
    userKeys: { ca: path("issuers.pem") },
    ...(signals !== undefined && { signals }),
    ...(aws !== undefined && { aws }),
    ...(people?.page !== undefined && { approverPage: pageOf(people.page) }),
    outbound: {
      ca: path("login.pem"),
      secretsEndpoint,
      tools: {
        mail: {
          kind: "chained",
          tokenEndpoint,
          audience: LOGIN_ISSUER,
          client: { id: "ambit", key: "exchange" },
        },
      },
      services: {
        robot: {
          kind: "api-key",
          secret: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:robot-AbCdEf",
          header: "authorization",
          prefix: "Bearer ",
        },
      },
    },
  };
}

/** @param collector undefined where nothing is measured */
export function telemetryTo(collector: string | undefined): Pick<ExchangeConfig, "telemetry"> {
  return collector === undefined ? {} : { telemetry: { collector } };
}

/** What the exchange of a world writes besides, and where it sends what it measures */
export function measuredBy(
  { collector, audit = false }: Pick<GatewayWorldOptions, "audit" | "collector">,
  path: (name: string) => string,
): Pick<ExchangeConfig, "audit" | "telemetry"> {
  if (!audit) return telemetryTo(collector);
  const key = path("audit.pem");
  if (!existsSync(key)) writeFileSync(key, pem(generateKeyPairSync("ed25519").privateKey), { mode: 0o600 });
  const log = { origin: "audit.test.example/log", key: { file: key }, storage: { folder: path("log") } };
  return { ...telemetryTo(collector), audit: log };
}

function pageOf({ port, certificate, key }: NonNullable<PeopleOptions["page"]>): ExchangeConfig["approverPage"] {
  return { listen: { host: "127.0.0.1", port }, tls: { certificate, key } };
}
