/** By which a token names a task that it starts */
export const SCOPE_OF_TASK = /^ambit:(?<agent>[a-z0-9-]{1,63}):(?<task>[A-Za-z0-9_-]{1,64})$/;

export function scopeOf(agent: string, task: string): string {
  return `ambit:${agent}:${task}`;
}
