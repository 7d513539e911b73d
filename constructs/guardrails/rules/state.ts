import type { Rule } from "../rule";
import { backendConnection } from "./state/backend-connection";
import { backendEncryption } from "./state/backend-encryption";
import { backendLock } from "./state/backend-lock";
import { backendStore } from "./state/backend-store";
import { hiddenResource } from "./state/hidden-resource";
import { ignoredChange } from "./state/ignored-change";
import { invocation } from "./state/invocation";
import { localFile } from "./state/local-file";
import { unjudgedModule } from "./state/module";
import { moduleVersion } from "./state/module-version";
import { provisioner } from "./state/provisioner";
import { remoteState } from "./state/remote-state";
import { request } from "./state/request";
import { unknownBlock } from "./state/unknown-block";

export const STATE_RULES: readonly Rule[] = [
  backendConnection,
  backendEncryption,
  backendLock,
  backendStore,
  hiddenResource,
  ignoredChange,
  invocation,
  localFile,
  unjudgedModule,
  moduleVersion,
  provisioner,
  remoteState,
  request,
  unknownBlock,
];
