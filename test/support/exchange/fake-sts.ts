import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type AssumeRoleCommandOutput,
  type STSClient,
} from "@aws-sdk/client-sts";

/** STS that takes every role, and remembers what it was asked. */
export class FakeSts {
  public readonly asked: AssumeRoleCommandInput[] = [];
  /** Answers, or throws, instead of the credentials */
  public answer: ((input: AssumeRoleCommandInput) => unknown) | undefined;

  constructor(private readonly now: () => number) {}

  public get client(): Pick<STSClient, "send"> {
    return { send: async (command: unknown) => this.send(command) } as unknown as Pick<STSClient, "send">;
  }

  private send(command: unknown): unknown {
    if (!(command instanceof AssumeRoleCommand)) throw new Error("STS is asked for nothing else");
    this.asked.push(command.input);
    return this.answer === undefined ? this.given(command.input) : this.answer(command.input);
  }

  private given({ DurationSeconds = 3_600 }: AssumeRoleCommandInput): Partial<AssumeRoleCommandOutput> {
    return {
      Credentials: {
        AccessKeyId: `ASIA${this.asked.length}`,
        SecretAccessKey: "secret",
        SessionToken: "token",
        Expiration: new Date((this.now() + DurationSeconds) * 1000),
      },
    };
  }
}

/** As the SDK throws what STS answers: by name, with the status */
export function stsError(name: string, httpStatusCode?: number): Error {
  const metadata = httpStatusCode === undefined ? {} : { $metadata: { httpStatusCode } };
  return Object.assign(new Error(`${name} of STS`), { name, ...metadata });
}
