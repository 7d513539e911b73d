import { BOOL } from "./bool";
import { DATE } from "./date";
import { DECIMAL } from "./decimal";
import { IP_ADDRESS } from "./ip-address";
import type { Scale } from "./scale";

export { examplesOn, type Scale } from "./scale";

export const SCALES = { bool: BOOL, date: DATE, ip: IP_ADDRESS, number: DECIMAL } as const satisfies Readonly<
  Record<string, Scale>
>;

export type ScaleName = keyof typeof SCALES;
