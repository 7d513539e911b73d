import type { Suite } from "../harness/suite";
import type { InUse } from "./identity-checks";
import { type Answered, claimsIn, tokenOf } from "./real-agent";
import { RealChain } from "./real-chain";
import type { RealExchange } from "./real-exchange";
import { StoreProxy } from "./store-proxy";
import { recordsWritten } from "./written-records";
import { untilAvailable } from "./until-available";

const TABLE = "faulty";

/** Two processes on one store: one is reached by what fails, the other by nothing. */
export class FaultWorld {
  /** Ids of tokens that somebody got */
  public readonly got: string[] = [];
  private started = 0;

  private constructor(
    public readonly used: InUse,
    public readonly store: StoreProxy,
    public readonly kms: StoreProxy,
  ) {}

  public faulty!: RealExchange;
  public steady!: RealExchange;

  public static async start(suite: Suite, used: InUse): Promise<FaultWorld> {
    const { url } = used.world;
    await used.world.createTable(TABLE);
    const [store, kms] = [await StoreProxy.before(url), await StoreProxy.before(url)];
    for (const proxy of [store, kms]) suite.afterwards(() => proxy.stop());
    const world = new FaultWorld(used, store, kms);
    [world.faulty, world.steady] = await Promise.all([world.another(true), world.another(false)]);
    return world;
  }

  /** One more process on the store */
  public another(throughProxies: boolean, ahead = 0): Promise<RealExchange> {
    const { world, keys } = this.used;
    const name = `fault-${(this.started += 1)}`;
    const endpoints = throughProxies ? { store: this.store.url, kms: this.kms.url } : {};
    return world.start({ name, table: TABLE, keys, endpoints, ahead });
  }

  /** Requests of this user to one of the processes */
  public chain(user: string, exchange = this.faulty): RealChain {
    return new RealChain(this.used.world, exchange, user);
  }

  /** Notes who got a token. */
  public noted(answer: Answered): Answered {
    if (answer.status === 200) this.got.push(claimsIn(answer.json.access_token as string).jti as string);
    return answer;
  }

  /** The token, noted */
  public async granted(ask: () => Promise<Answered>): Promise<string> {
    return tokenOf(this.noted(await untilAvailable(ask, ({ retryAfter }) => retryAfter ?? 0)));
  }

  /** Ids of tokens that were written down, in no order */
  public async written(): Promise<readonly string[]> {
    const records = await recordsWritten(this.used.world.url, TABLE, "token.issued");
    return records.map(({ facts }) => facts.token as string);
  }

  public healed(): void {
    for (const proxy of [this.store, this.kms]) {
      proxy.fate = () => "pass";
      proxy.others = "pass";
      proxy.answered = () => undefined;
      proxy.transactions = 0;
    }
  }
}
