import type { Rule } from "../rule";
import { accessKey } from "./credentials/access-key";

export const CREDENTIAL_RULES: readonly Rule[] = [accessKey];
