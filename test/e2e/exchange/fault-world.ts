import type { AuditRecord } from "../../../runtime/audit/audit";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { Litewitness } from "../audit/litewitness";
import { logPrograms } from "../audit/programs";
import { Skipped, type Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { InUse } from "./identity-checks";
import { type Answered, claimsIn, tokenOf } from "./real-agent";
import { RealChain } from "./real-chain";
import type { RealExchange } from "./real-exchange";
import { storeAt } from "./state-table";
import { StoreProxy } from "./store-proxy";
import { sameAsStore } from "../audit/verified";
import { LogBucket } from "../audit/log-bucket";
import { recordsWritten } from "./written-records";
import { untilAvailable } from "./until-available";

const TABLE = "faulty";
/** A checkpoint that comes while a witness is slow is cosigned behind it. */
const COSIGNED_SECONDS = 60;

/** Two processes on one store: one is reached by what fails, the other by nothing. */
export class FaultWorld {
  /** Ids of issued tokens */
  public readonly got: string[] = [];
  private started = 0;

  private constructor(
    public readonly used: InUse,
    public readonly store: StoreProxy,
    public readonly kms: StoreProxy,
    /** Into which the steady one brings what all have on record */
    public readonly log: LogBucket,
    /** Cosigns that log; undefined where nothing can hold its key */
    public readonly witness: Litewitness | undefined,
  ) {}

  public faulty!: RealExchange;
  public steady!: RealExchange;

  public static async start(suite: Suite, used: InUse): Promise<FaultWorld> {
    const { url } = used.world;
    await used.world.createTable(TABLE);
    const [store, kms] = [await StoreProxy.before(url), await StoreProxy.before(url)];
    for (const proxy of [store, kms]) suite.afterwards(() => proxy.stop());
    const log = await LogBucket.made(url, TABLE, used.world.folder);
    suite.afterwards(() => log.close());
    const witness = await cosigning(log);
    suite.afterwards(() => witness?.stop());
    const world = new FaultWorld(used, store, kms, log, witness);
    [world.faulty, world.steady] = await Promise.all([world.another(true), world.another(false)]);
    return world;
  }

  /** One more process on the store */
  public another(throughProxies: boolean, ahead = 0): Promise<RealExchange> {
    const { world, keys } = this.used;
    const name = `fault-${(this.started += 1)}`;
    const endpoints = throughProxies ? { store: this.store.url, kms: this.kms.url } : {};
    // The log's own writes would be counted among those that fail.
    const audit = throughProxies ? undefined : this.audit;
    return world.start({ name, table: TABLE, keys, endpoints, ahead, audit });
  }

  private get audit(): AuditLogConfig {
    if (this.witness === undefined) return this.log.config;
    const { url, vkey } = this.witness;
    return { ...this.log.config, witnessing: { witnesses: [{ url, key: vkey }] } };
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

  /** A copy of the log, with all that is on record: the process that keeps it ends first. */
  public async wholeLog(): Promise<string> {
    const { witness } = this;
    if (witness !== undefined) {
      const isCosigned = async () => Buffer.from(await this.log.object("checkpoint")).includes(witness.name);
      await until(isCosigned, COSIGNED_SECONDS, () => witness.said());
    }
    await this.steady.stop();
    const folder = await this.log.copy();
    const store = storeAt(this.used.world.url, TABLE);
    try {
      await sameAsStore(folder, store);
    } finally {
      await store.close();
    }
    return folder;
  }

  /** Records of tokens that were issued, in no order */
  public written(): Promise<readonly AuditRecord[]> {
    return recordsWritten(this.used.world.url, TABLE, "token.issued");
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

async function cosigning({ config, vkey }: LogBucket): Promise<Litewitness | undefined> {
  try {
    const witness = await Litewitness.start((await logPrograms()).litewitness);
    await witness.addLog(config.origin, vkey);
    return witness;
  } catch (error) {
    if (error instanceof Skipped) return undefined;
    throw error;
  }
}
