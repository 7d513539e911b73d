import { setTimeout as after } from "node:timers/promises";

/** The server is told of an end by its own side of the connection, a little later. */
export async function retried(attempt: () => Promise<void>): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await after(20);
    }
  }
}
