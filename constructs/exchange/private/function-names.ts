import type { Platform } from "../../platform/platform";

/** As the role of the exchange: one function per platform */
export const functionName = (platform: Platform): string => platform.exchangeRoleName;

/** The group that Lambda writes to by the function's name */
export const logGroup = (platform: Platform): string => `/aws/lambda/${functionName(platform)}`;
