import type { Rule } from "../rule";
import { backendEncryption } from "./state/backend-encryption";
import { unjudgedModule } from "./state/module";
import { provisioner } from "./state/provisioner";

export const STATE_RULES: readonly Rule[] = [backendEncryption, unjudgedModule, provisioner];
