import { researcherCheck } from "../cluster/agent/researcher";
import type { Check, Suite } from "../harness/suite";
import { Users } from "./users";
import type { StoryWorld } from "./world";

/** Who acts in chapters that go through several agents */
export interface Cast extends StoryWorld {
  readonly users: Check<Users>;
  /** Name of its pod */
  readonly researcher: Check<string>;
  /** Of services, at tools that know no user */
  readonly keys: Check;
}

export function castOf(suite: Suite, world: StoryWorld): Cast {
  const { node, aws, front, applied, exchange, opa, gateway, place } = world;
  const users = suite.check(
    "users: they have a client, and the address of the gateway",
    [node, front, applied, place, exchange, opa],
    ([on, { login }, authority, { gateway: at }]) => new Users(on, login, authority, at),
  );
  const keys = suite.check("account: the keys of services are where no stack puts them", [aws], ([account]) =>
    account.makeSecrets(),
  );
  return { ...world, users, keys: keys as Check, researcher: researcherCheck(suite, node, { front, gateway }) };
}
