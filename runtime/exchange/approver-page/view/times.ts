import { html as markup } from "hono/html";
import type { Html } from "./layout";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** In UTC, to the minute, such as 2026-11-29 22:05 UTC */
export function moment(seconds: number): Html {
  const iso = new Date(seconds * 1_000).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time>`;
}

/** In the largest whole unit, such as 47 minutes */
export function lasting(seconds: number): string {
  if (seconds < MINUTE) return counted(Math.max(0, seconds), "second");
  if (seconds < 2 * HOUR) return counted(Math.floor(seconds / MINUTE), "minute");
  if (seconds < 2 * DAY) return counted(Math.floor(seconds / HOUR), "hour");
  return counted(Math.floor(seconds / DAY), "day");
}

export function counted(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? "" : "s"}`;
}
