import type { Knowledge, Session } from "./session";
import { raised } from "./session-state";
import { noted } from "./under-way";

/** What a session knows, and a message of it may say */
type Said = Pick<Knowledge, "mark" | "tainted">;

/**
 * The session of an agent that gets a message, or a part of one: it knows what the sender's session does, before the first byte of it. The
 * message may still be on its way when a clean session begins, which then knows it too.
 *
 * @param until when it has come in at the latest
 */
export function received(session: Session, { mark, tainted }: Said, until: number, now: number): Session {
  const { readable, untrustedUntil } = session;
  return raised(
    session,
    {
      mark,
      tainted,
      readable:
        mark === "public" ? undefined : { sensitivity: mark, until: Math.min(noted(readable[mark] ?? 0, now), until) },
      untrustedUntil: tainted ? Math.min(noted(untrustedUntil, now), until) : 0,
    },
    now,
  );
}
