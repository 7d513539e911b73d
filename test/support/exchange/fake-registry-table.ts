import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";

type Item = Record<string, AttributeValue>;

/** DynamoDB with one table, as far as the signed registry needs it: pages of two items, and the two conditions. */
export class FakeRegistryTable {
  public readonly items = new Map<string, Item>();
  /** Names of the commands, in order */
  public readonly asked: string[] = [];
  /** Comes first at every request */
  public before: (command: unknown) => unknown = () => undefined;
  /** Comes last at every request, when it is done */
  public after: (command: unknown) => unknown = () => undefined;

  public get client(): Pick<DynamoDBClient, "send"> {
    return { send: async (command: unknown) => this.send(command) } as unknown as Pick<DynamoDBClient, "send">;
  }

  private async send(command: unknown): Promise<unknown> {
    this.asked.push((command as object).constructor.name.replace("Command", ""));
    await this.before(command);
    const answer = this.answer(command);
    await this.after(command);
    return answer;
  }

  private answer(command: unknown): unknown {
    if (command instanceof GetItemCommand) return { Item: this.items.get(textOf(command.input.Key as Item)) };
    if (command instanceof DeleteItemCommand) return void this.items.delete(textOf(command.input.Key as Item));
    if (command instanceof QueryCommand) return this.page(command);
    if (!(command instanceof PutItemCommand)) throw new Error("DynamoDB is asked for nothing else");
    const { Item: item = {}, ConditionExpression: condition, ExpressionAttributeValues: values } = command.input;
    const there = this.items.get(textOf(item));
    const holds =
      condition === undefined ||
      (condition === "attribute_not_exists(pk)"
        ? there === undefined
        : there !== undefined && there["token"]?.S === values?.[":last"]?.S);
    if (!holds) {
      throw Object.assign(new Error("The conditional request failed"), { name: "ConditionalCheckFailedException" });
    }
    this.items.set(textOf(item), item);
    return {};
  }

  private page({ input }: QueryCommand): unknown {
    const { ExpressionAttributeValues: values, ExclusiveStartKey: start } = input;
    const behind = start === undefined ? "" : (start["sk"]?.S ?? "");
    const found = [...this.items.values()]
      .filter(({ pk, sk }) => pk?.S === values?.[":pk"]?.S && (sk?.S ?? "") > behind)
      .sort((a, b) => ((a["sk"]?.S ?? "") < (b["sk"]?.S ?? "") ? -1 : 1));
    const [items, more] = [found.slice(0, 2), found.length > 2];
    return { Items: items, ...(more && { LastEvaluatedKey: { pk: items[1]?.["pk"], sk: items[1]?.["sk"] } }) };
  }
}

function textOf({ pk, sk }: Item): string {
  return `${pk?.S} ${sk?.S}`;
}
