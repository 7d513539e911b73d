const SCOPE = /^ambit:([a-z0-9-]+):([a-z0-9-]+)$/;

/** An agent's task, as a scope names it */
export interface NamedTask {
  readonly agent: string;
  readonly task: string;
}

/** The scope that names a task, in a user's token and in one that hands work on */
export function taskScope(agent: string, task: string): string {
  return `ambit:${agent}:${task}`;
}

/** Undefined if the scope names no task */
export function taskInScope(scope: string): NamedTask | undefined {
  const [, agent, task] = SCOPE.exec(scope) ?? [];
  return agent === undefined || task === undefined ? undefined : { agent, task };
}
