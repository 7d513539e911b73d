import { ok } from "node:assert";
import type { request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../../domain";
import { codesIn } from "../gateway/call";

export const HORIZON = LIMITS.openCut.seconds;
/** A machine that is busy is slower than the horizon counts. */
export const GENEROUS_SECONDS = HORIZON * 3;
/** However busy the machine is */
const DEADLINE_SECONDS = 60;

/** How something that was open ended, of `performance.now` */
export interface Ended {
  readonly at: number;
  /** `reset` where what had begun broke off, `whole` where it came to its end; else status and codes, or the error */
  readonly how: string;
}

/** How a request and its answer end. @param came told of each part of the answer */
export function endOf(sent: ReturnType<typeof request>, came: () => void = () => undefined): Promise<Ended> {
  return new Promise((resolve) => {
    const ended = (how: string): void => resolve({ at: performance.now(), how });
    sent.once("error", (error: NodeJS.ErrnoException) => ended(error.code ?? error.message));
    sent.once("response", (response) => {
      let text = "";
      response.on("data", (part: Buffer) => {
        came();
        text += part.toString();
      });
      response.once("error", () => ended("reset"));
      response.once("end", () =>
        ended(response.statusCode === 200 ? "whole" : `${response.statusCode} ${codesOf(text)}`),
      );
    });
  });
}

/** @throws Error where it stays open */
export function inTime<T>(ended: Promise<T>): Promise<T> {
  const late = sleep(DEADLINE_SECONDS * 1_000, undefined, { ref: false }).then(() => {
    throw new Error(`it was open for ${DEADLINE_SECONDS} s`);
  });
  late.catch(() => undefined);
  return Promise.race([ended, late]);
}

/** Seconds from a stop to an end, which the horizon bounds */
export function secondsBetween(stoppedAt: number, endedAt: number): string {
  const seconds = (endedAt - stoppedAt) / 1_000;
  ok(seconds <= GENEROUS_SECONDS, `it ended after ${seconds} s`);
  return Math.max(0, seconds).toFixed(1);
}

/** Of JSON, or of an error of JSON-RPC */
function codesOf(text: string): string {
  const codes = codesIn(text);
  if (codes.length > 0 || !text.startsWith("{")) return codes.join();
  const { error } = JSON.parse(text) as { error?: { data?: { reasons?: readonly { code: string }[] } } };
  return (error?.data?.reasons ?? []).map(({ code }) => code).join();
}
