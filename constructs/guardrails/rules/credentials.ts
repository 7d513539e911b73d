import type { Rule } from "../rule";
import { accessKey } from "./credentials/access-key";
import { chartSecret } from "./credentials/chart";
import { databasePassword } from "./credentials/database-password";
import { environment } from "./credentials/environment";
import { generatedSecret } from "./credentials/generated-secret";
import { humanSession } from "./credentials/human-session";
import { inCode } from "./credentials/in-code";
import { loginProfile } from "./credentials/login-profile";
import { publishedSecret } from "./credentials/output";
import { providerKey } from "./credentials/provider-key";
import { readSecret } from "./credentials/read-secret";
import { secretInState } from "./credentials/secret-in-state";
import { sshKey } from "./credentials/ssh-key";
import { taskDefinition } from "./credentials/task-definition";
import { userData } from "./credentials/user-data";

export const CREDENTIAL_RULES: readonly Rule[] = [
  accessKey,
  chartSecret,
  databasePassword,
  environment,
  generatedSecret,
  humanSession,
  inCode,
  loginProfile,
  publishedSecret,
  providerKey,
  readSecret,
  secretInState,
  sshKey,
  taskDefinition,
  userData,
];
