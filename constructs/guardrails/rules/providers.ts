import type { Rule } from "../rule";
import { providerAccount } from "./providers/account";
import { providerEndpoint } from "./providers/endpoint";
import { providerProgram } from "./providers/program";
import { providerSource } from "./providers/source";
import { providerTls } from "./providers/tls";
import { providerVersion } from "./providers/version";

export const PROVIDER_RULES: readonly Rule[] = [
  providerAccount,
  providerEndpoint,
  providerProgram,
  providerSource,
  providerTls,
  providerVersion,
];
