import { deepStrictEqual as equal } from "node:assert";
import type { FaultWorld } from "./fault-world";
import { ISSUER } from "./issuer";
import type { RealExchange } from "./real-exchange";

const SKEW_SECONDS = 60;
/** A proof is compared with the time at which it arrives: its maker has so long for the way. */
const WAY_SECONDS = 5;
/** With room for a slow machine */
const BEYOND_SECONDS = 90;
/** Longer than a clock is ahead */
const JWT_SVID_SECONDS = 300;

type Adds = (name: string, act: (world: FaultWorld, note: (text: string) => void) => Promise<void>) => unknown;

export function skewChecks(check: Adds): void {
  check("clocks 60 s apart, both ways, refuse nothing that is valid", async (world, note) => {
    const [ahead, behind] = await Promise.all([
      world.another(false, SKEW_SECONDS),
      world.another(false, -SKEW_SECONDS),
    ]);
    // In this order: a session that both use may not have begun 120 s from now.
    await allValid(world, behind, 0);
    await allValid(world, ahead, WAY_SECONDS);
    // Services accept one another's tokens up to a clock skew of 60 s, and no further.
    const { gateway, first } = { gateway: world.used.world.as("gateway"), first: world.chain("hal", ahead) };
    const early = await world.granted(() => first.byUser("quick", "tool:board"));
    const active = async (exchange: RealExchange, token: string) =>
      (await gateway.introspected(exchange, token)).json.active;
    equal(
      [await active(ahead, early), await active(world.steady, early), await active(behind, early)],
      [true, true, false],
    );
    const late = await world.granted(() => world.chain("ida", behind).byUser("quick", "tool:board"));
    equal([await active(behind, late), await active(world.steady, late)], [true, true]);
    note("by X.509-SVID, JWT-SVID with DPoP, users, starters and delegators");
    for (const exchange of [ahead, behind]) await exchange.stop();
  });
  check("fails where a clock is further off than 60 s", beyond);
}

async function allValid(world: FaultWorld, exchange: RealExchange, way: number): Promise<void> {
  const { world: identity } = world.used;
  const chain = world.chain(`of ${exchange.at.port}`, exchange);
  const assertion = await identity.spire.server.commands.mintJwt(identity.idOf("first"), ISSUER, JWT_SVID_SECONDS);
  const asked = () => ({ by: "jwt-svid", assertion, proof: proofOf(world, nowSeconds() + way) }) as const;
  const handed = { detail: { delegate: "second.work" } };
  const parent = await world.granted(() => chain.byUser("lead", "exchange", handed));
  for (const ask of [
    () => chain.byUser("quick", "tool:board", { asked: asked() }),
    () => chain.scheduled("lead", "tool:notes"),
    () => chain.delegated("second", parent, "work", "tool:notes"),
  ]) {
    await world.granted(ask);
  }
}

async function beyond(world: FaultWorld): Promise<void> {
  const chain = world.chain("jane", world.steady);
  const { clock } = world.used.world;
  for (const off of [BEYOND_SECONDS, -BEYOND_SECONDS]) {
    const asked = { by: "jwt-svid", proof: proofOf(world, nowSeconds() + off) } as const;
    equal((await chain.byUser("quick", "tool:board", { asked })).codes, ["dpop.invalid"]);
  }
  clock.ahead = BEYOND_SECONDS;
  const [user, start] = [chain.userToken("quick"), chain.startToken("lead")];
  clock.ahead = SKEW_SECONDS - WAY_SECONDS;
  const within = chain.userToken("quick");
  clock.ahead = 0;
  equal((await chain.byUser("quick", "tool:board", {}, user)).codes, ["evidence.from-future"]);
  equal((await chain.scheduled("lead", "tool:notes", start)).codes, ["evidence.from-future"]);
  await world.granted(() => chain.byUser("quick", "tool:board", {}, within));
}

function proofOf(world: FaultWorld, iat: number): string {
  return world.used.world.as("first").dpop.proof("POST", `${ISSUER}/token`, { iat });
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
