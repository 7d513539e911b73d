import { randomFillSync } from "node:crypto";

const BYTES = 16;
/** Asking for random bytes costs more than the bytes do: they are asked for many names at once. */
const pool = Buffer.alloc(BYTES * 128);
let next = pool.length;

/** Names a session, a run or a token: 128 bits, base64url */
export function randomId(): string {
  if (next === pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const id = pool.toString("base64url", next, next + BYTES);
  next += BYTES;
  return id;
}
