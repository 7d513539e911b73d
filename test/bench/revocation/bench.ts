import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../cli/dev/free-port";
import type { ExchangeConfig } from "../../../runtime/exchange/config";
import { GatewayWorld } from "../../e2e/gateway/gateway-world";
import type { PeopleOptions } from "../../e2e/gateway/gateway-world-options";
import { OpenIdServer } from "../../support/approver-page/openid-server";
import { engines } from "../engines";
import { inTurns } from "../exchange/turns";
import { bundledPrograms } from "../gateway/programs";
import { machineName } from "../machine";
import { CLIENT, OPERATORS, Orders } from "./orders";
import { IN_FORCE, type Place, PLACES, type Refused, type RevocationResult } from "./result";

const HOST = "approvals.acme.example";

export interface RevocationBench {
  readonly rounds: number;
  /** Orders of a round, at each place */
  readonly orders: number;
  /** At each place before the first round, until the code is compiled */
  readonly warmUp: number;
  readonly progress: (step: string) => void;
}

/** Users are stopped by an operator's orders, with few and with many in force, in turns. */
export async function revocationBench({
  rounds,
  orders,
  warmUp,
  progress,
}: RevocationBench): Promise<RevocationResult> {
  const { busy, envoy, spire, suite, folder } = await engines();
  try {
    const { node, nodeVersion, allowing: _, ...mains } = await bundledPrograms(folder);
    const login = new OpenIdServer();
    await login.start();
    suite.afterwards(() => login.close());
    const ordersWith = async (inForce: number): Promise<Orders> => {
      progress(`Envoy, SPIRE, exchange and authorizer start; ${inForce.toLocaleString("en")} revocations`);
      const people = await peopleOf(login, folder);
      const store = (): ExchangeConfig["store"] => ({ memory: {} });
      const own = new Orders(await GatewayWorld.start(suite, spire, envoy, { store, mains, node, people }), login);
      suite.afterwards(async () => own.close());
      await own.fill(inForce);
      return own;
    };
    const worlds = { few: await ordersWith(IN_FORCE.few), many: await ordersWith(IN_FORCE.many) };
    progress("warming up");
    for (const world of Object.values(worlds)) for (const place of PLACES) await world.refused(place, warmUp);
    progress(`${rounds} rounds`);
    const at = (place: Place) => ({
      few: (): Promise<Refused> => worlds.few.refused(place, orders),
      many: (): Promise<Refused> => worlds.many.refused(place, orders),
    });
    const exchange = await inTurns(at("exchange"), rounds);
    const gateway = await inTurns(at("gateway"), rounds);
    const of = (size: keyof typeof IN_FORCE) => ({ exchange: exchange[size] ?? [], gateway: gateway[size] ?? [] });
    const machine = `${machineName()}, programs on Node ${nodeVersion}`;
    return { machine, busy, rounds: { few: of("few"), many: of("many") } };
  } finally {
    await suite.putAway();
  }
}

/** Whose operators log in there */
async function peopleOf({ issuer, authority }: OpenIdServer, folder: string): Promise<PeopleOptions> {
  const { certificate, key } = authority.x509Svid("spiffe://login.acme.example/page", {
    dnsNames: [HOST],
    ipAddresses: [],
  });
  const page = { port: await freePort(), certificate: join(folder, "page.crt"), key: join(folder, "page.key") };
  writeFileSync(page.certificate, certificate);
  writeFileSync(page.key, key, { mode: 0o600 });
  const jwksUri = `${issuer}/keys`;
  const props = {
    issuer,
    jwksUri,
    algorithms: ["ES256"] as const,
    clientId: CLIENT,
    operators: [OPERATORS],
    host: HOST,
  };
  return { props, ca: authority.bundle, page };
}
