import type { MetricDocument } from "../../support/telemetry/metric-document";

interface LogEvent {
  readonly message: string;
  /** Milliseconds since the epoch */
  readonly timestamp: number;
}

/** Log events of a group in what stands for CloudWatch Logs (its API, protocol JSON 1.1), as the EMF documents that they are */
export class MetricLog {
  constructor(
    private readonly url: string,
    private readonly region: string,
    private readonly group: string,
  ) {}

  /** The group, where no stack makes it */
  public async make(): Promise<void> {
    const { __type: problem } = await this.asked("CreateLogGroup", {});
    if (problem !== undefined) throw new Error(`the log group ${this.group} is not made: ${String(problem)}`);
  }

  /** Of all streams; none where there is no group yet */
  public async documents(): Promise<readonly MetricDocument[]> {
    const { logStreams = [] } = (await this.asked("DescribeLogStreams", {})) as {
      readonly logStreams?: readonly { readonly logStreamName: string }[];
    };
    const events = await Promise.all(logStreams.map(({ logStreamName }) => this.events(logStreamName)));
    return events.flat().map(({ message }) => JSON.parse(message) as MetricDocument);
  }

  private async events(logStreamName: string): Promise<readonly LogEvent[]> {
    const { events } = await this.asked("GetLogEvents", { logStreamName, startFromHead: true, limit: 10_000 });
    return events as readonly LogEvent[];
  }

  private async asked(act: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const credential = `Credential=test/20261201/${this.region}/logs/aws4_request`;
    const answer = await fetch(this.url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `Logs_20140328.${act}`,
        authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify({ logGroupName: this.group, ...body }),
    });
    const text = await answer.text();
    // What makes something answers with nothing.
    return JSON.parse(text === "" ? "{}" : text) as Readonly<Record<string, unknown>>;
  }
}
