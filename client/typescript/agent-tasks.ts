/** What the compiler needs of an agent's class, as `Agent.define` makes it; nothing of it is there when the code runs. */
export interface AgentTasks {
  task(name: never, ...rest: never[]): unknown;
}

/** An agent whose class is not known here: any task name compiles. */
export interface AnyAgent extends AgentTasks {
  task(name: string): unknown;
}

/** Names of the tasks that an agent's class declares */
export type TaskOf<A extends AgentTasks> = A extends { task(name: infer K, ...rest: never[]): unknown }
  ? Extract<K, string>
  : never;
