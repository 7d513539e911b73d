import type { Start } from "../task";

/**
 * Whether what starts a task so taints its session: as the way in declares it. By default what starters send does, what a user
 * sends does not, and what another agent hands on is as trusted as what that agent knows.
 */
export function arrivesUntrusted(start: Start, untrusted: boolean | undefined): boolean {
  return untrusted ?? (start === "schedule" || start === "event");
}
