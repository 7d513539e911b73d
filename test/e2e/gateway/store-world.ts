import { setTimeout as sleep } from "node:timers/promises";
import { DeleteTableCommand } from "@aws-sdk/client-dynamodb";
import { createTable, dynamoDbAt, REGION } from "../exchange/state-table";
import { type Fate, StoreProxy } from "../exchange/store-proxy";
import { recordsWritten } from "../exchange/written-records";
import type { Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { called, type Got, toolToken, untilAllowed } from "./call";
import type { GatewayWorld } from "./gateway-world";
import { note } from "./odd-requests";

const TABLE = "gateway";
/** However busy the machine is */
const TOLD_SECONDS = 60;
const PAUSE_MILLISECONDS = 100;

/** Takes something away from the store. @returns what brings it back */
export type TakeAway = (at: StoreWorld) => Promise<() => Promise<void> | void>;

/** The gateway of these tests, whose exchange has its state in DynamoDB, and one run that goes on through all faults */
export class StoreWorld {
  private answered = 0;

  private constructor(
    public readonly gateway: GatewayWorld,
    public readonly moto: Moto,
    public readonly proxy: StoreProxy,
    private readonly token: string,
  ) {}

  public static async start(suite: Suite, gateway: GatewayWorld, moto: Moto): Promise<StoreWorld> {
    await createTable(moto.url, TABLE);
    const proxy = await StoreProxy.before(moto.url);
    suite.afterwards(() => proxy.stop());
    await gateway.exchange.stop();
    await gateway.startExchange({ dynamodb: { table: TABLE, region: REGION, endpoint: proxy.url } });
    const token = await toolToken(gateway, "clerk", "work", "crm", { user: "stored" });
    return new StoreWorld(gateway, moto, proxy, token);
  }

  /** A call that a budget of the run counts */
  public async ask(): Promise<Got> {
    const { gateway, token } = this;
    const got = await called(gateway, gateway.as("clerk"), { ...note('{"text":"x"}'), token });
    if (got.status === 200) this.answered += 1;
    return got;
  }

  /** Calls go out again, the first one of them now, and its outcome is told. */
  public async recovered(): Promise<void> {
    await untilAllowed(() => this.ask());
    const deadline = performance.now() + TOLD_SECONDS * 1_000;
    while ((await this.written("call.outcome")) < this.answered) {
      if (performance.now() > deadline) throw new Error("an outcome is not told");
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  /** How many calls are on record as spent */
  public spent(): Promise<number> {
    return this.written("call.spent");
  }

  /** Each transaction waits for so long before it arrives. */
  public delay(milliseconds: number): () => void {
    return this.fated(async (): Promise<Fate> => {
      await sleep(milliseconds);
      return "pass";
    });
  }

  /** What happens to each transaction. @returns what ends it */
  public fated(fate: () => Fate | Promise<Fate>): () => void {
    this.proxy.fate = fate;
    return () => void (this.proxy.fate = () => "pass");
  }

  /** As who restores a table under its name */
  public async emptied(): Promise<void> {
    const client = dynamoDbAt(this.moto.url);
    await client.send(new DeleteTableCommand({ TableName: TABLE }));
    client.destroy();
    await createTable(this.moto.url, TABLE);
  }

  private async written(kind: string): Promise<number> {
    return (await recordsWritten(this.moto.url, TABLE, kind)).length;
  }
}
