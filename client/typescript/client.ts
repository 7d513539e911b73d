import type { AgentTasks, AnyAgent, TaskOf } from "./agent-tasks";
import { Companion, type CompanionProps } from "./companion";
import { Run, type RunStart } from "./run";
import { type AwsCredentialIdentity, credentialsOf } from "./tokens";

/**
 * What an agent's own code asks its companion for. Task names are those of the agent's class, of which only the type is
 * imported: `new AmbitClient<typeof SupportTriage>()`.
 */
export class AmbitClient<A extends AgentTasks = AnyAgent> {
  private readonly companion: Companion;

  /** @throws Error where the companion's address is not on the loopback */
  constructor(props: CompanionProps = {}) {
    this.companion = new Companion(props);
  }

  /** A run of a task, which begins when something is asked of it. */
  public run<K extends TaskOf<A>>(task: K, start: RunStart): Run<K> {
    return new Run(this.companion, task, start);
  }

  /**
   * A provider for the clients of the AWS SDK in a process that begins a task by itself, again and again: the companion
   * begins the runs.
   */
  public awsCredentials(task: TaskOf<A>): () => Promise<AwsCredentialIdentity> {
    const path = `/v1/tasks/${encodeURIComponent(task)}/aws-credentials?start=agent`;
    return async () => credentialsOf(await this.companion.ask({ method: "GET", path }));
  }
}
