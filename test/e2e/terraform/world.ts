import type { VpcNetworkProps } from "../../../constructs";
import { facts } from "../../../fleet/platform";
import { makeBuses } from "./account/starters";
import { accountOf, type Connection, connectionTo } from "./account/connection";
import { leftOver, same } from "./account/expected";
import { makeNetwork } from "./account/network";
import { type Moto, startMoto } from "./moto";

/** An AWS account of its own for one rehearsal, empty but for a network and the buses of other teams. */
export interface World {
  readonly moto: Moto;
  readonly connection: Connection;
  readonly network: VpcNetworkProps;
}

export async function makeWorld(python: string, putAway: (act: () => unknown) => void): Promise<World> {
  const { account, region } = facts.aws;
  const moto = await startMoto(python, account);
  putAway(() => moto.stop());
  const connection = connectionTo(moto.url, region);
  const answered = await accountOf(connection);
  if (answered !== account) throw new Error(`moto must be account ${account}, got ${answered}`);
  await makeBuses(connection);
  return { moto, connection, network: await makeNetwork(connection) };
}

/** The account is as empty as it was made. */
export async function nothingIsLeft({ moto, connection, network }: World, note: (text: string) => void): Promise<void> {
  if (moto.retries() > 0) note(`moto was asked again ${moto.retries()} times, after an answer got lost`);
  same(await leftOver(connection, network), {}, "left over");
}
