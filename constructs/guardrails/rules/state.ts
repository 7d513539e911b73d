import type { Rule } from "../rule";
import { backendEncryption } from "./state/backend-encryption";
import { hiddenResource } from "./state/hidden-resource";
import { unjudgedModule } from "./state/module";
import { provisioner } from "./state/provisioner";

export const STATE_RULES: readonly Rule[] = [backendEncryption, hiddenResource, unjudgedModule, provisioner];
