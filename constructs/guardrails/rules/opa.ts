import type { Rule } from "../rule";
import { defaultAllow } from "./opa/default-allow";
import { openApi } from "./opa/open-api";
import { unlogged } from "./opa/unlogged";
import { unsignedBundle } from "./opa/unsigned-bundle";

export const OPA_RULES: readonly Rule[] = [defaultAllow, openApi, unlogged, unsignedBundle];
