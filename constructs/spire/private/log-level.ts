import { refuse, shown } from "../../../domain";

const LEVELS = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

export type LogLevel = "debug" | "info" | "warn" | "error";

/** @throws DeclarationError `spire.malformed` */
export function logLevelOf(level: LogLevel = "info", where: string): LogLevel {
  if (!LEVELS.includes(level)) {
    const what = `logLevel must be ${LEVELS.map(shown).join(", ")}`;
    refuse("spire.malformed", where, `${what}, got ${shown(level)}`);
  }
  return level;
}
