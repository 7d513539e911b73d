import { randomUUID } from "node:crypto";
import {
  type CancellationReason,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Clock } from "../clock";
import { failureOf, unavailable } from "./attempts";
import type { CheckedWrite } from "./checked";
import { itemOfAttributes } from "./dynamodb-item";
import { type Begin, mayBeginAnew, transactItem } from "./dynamodb-write";
import { StoreConflict, type StoreUnavailable } from "./store";
import { alive, conflictOf } from "./transaction";

const FAILED_CONDITION = "ConditionalCheckFailed";
/** Reasons for which a transaction was cancelled and may succeed next time */
const IN_THE_WAY = new Set(["ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"]);

/** A transaction of DynamoDB over all its attempts, which knows whether one of them may have been done. */
export class DynamoDbTransaction {
  private readonly begins: Begin[];
  private request: TransactWriteItemsCommandInput;
  private now = 0;
  /** An attempt had no answer. */
  private uncertain = false;
  private turned = false;

  constructor(
    private readonly table: string,
    private readonly writes: readonly CheckedWrite[],
    private readonly clock: Clock,
  ) {
    this.begins = writes.map(() => "go-on");
    this.request = this.made();
  }

  /**
   * Try once.
   *
   * @returns `at-once` where the next attempt is another one, or what to throw where there is no next attempt
   * @throws StoreConflict, StoreUnavailable if no other attempt can succeed
   */
  public async attempt(
    send: (command: TransactWriteItemsCommand) => Promise<unknown>,
  ): Promise<"done" | "at-once" | StoreConflict | StoreUnavailable> {
    try {
      await send(new TransactWriteItemsCommand(this.request));
      return "done";
    } catch (error) {
      if (error instanceof TransactionCanceledException) return this.cancelled(error);
      const failure = failureOf(error);
      if (failure === "hopeless") throw this.unavailable(error);
      if (failure === "unknown") this.uncertain = true;
      return this.uncertain ? this.unavailable(error) : this.busy(error);
    }
  }

  private cancelled(error: TransactionCanceledException): "at-once" | StoreConflict | StoreUnavailable {
    const reasons = error.CancellationReasons ?? [];
    const codes = reasons.flatMap(({ Code: code }) => (code === undefined || code === "None" ? [] : [code]));
    const conditions = codes.includes(FAILED_CONDITION);
    if (!conditions && (codes.length === 0 || codes.some((code) => !IN_THE_WAY.has(code))))
      throw this.unavailable(error);
    // What is in the way may be the attempt that had no answer, which DynamoDB knows by its token for ten minutes.
    if (this.uncertain && conditions) throw this.unavailable(error);
    if (this.uncertain) return this.unavailable(error);
    if (!conditions) {
      this.request = this.made();
      return this.busy(error);
    }
    const failed = reasons.flatMap((reason, index) => (this.fails(reason, index) ? [index] : []));
    if (failed.length > 0) throw conflictOf(this.writes, failed);
    this.request = this.made();
    if (this.turned) return this.busy(error);
    this.turned = true;
    return "at-once";
  }

  /** Whether this write fails for good. One that may begin anew turns from one way to the other. */
  private fails({ Code: code, Item: attributes }: CancellationReason, index: number): boolean {
    if (code !== FAILED_CONDITION) return false;
    const write = this.writes[index] as CheckedWrite;
    if (!mayBeginAnew(write)) return true;
    const expired = attributes !== undefined && alive(itemOfAttributes(attributes), this.now) === undefined;
    if (this.begins[index] === "go-on" && !expired) return true;
    this.begins[index] = this.begins[index] === "go-on" ? "anew" : "go-on";
    return false;
  }

  private made(): TransactWriteItemsCommandInput {
    this.now = this.clock();
    const items = this.writes.map((write, index) =>
      transactItem(write, this.begins[index] as Begin, this.table, this.now),
    );
    return { TransactItems: items, ClientRequestToken: randomUUID() };
  }

  private busy(error: unknown): StoreConflict {
    const { name, message } = error as Error;
    return new StoreConflict([], `other transactions on ${this.table} were in the way: ${name}: ${message}`);
  }

  private unavailable(error: unknown): StoreUnavailable {
    return unavailable(`DynamoDB did not answer whether it wrote to ${this.table}`, error);
  }
}
