import type { Rule } from "../rule";
import { logKey } from "./logs/key";
import { retention } from "./logs/retention";
import { trail } from "./logs/trail";
import { trailLock } from "./logs/trail-lock";

export const LOGS_RULES: readonly Rule[] = [logKey, retention, trail, trailLock];
