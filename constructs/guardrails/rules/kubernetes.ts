import type { Rule } from "../rule";
import { configSecret } from "./kubernetes/config-secret";
import { defaultAccount } from "./kubernetes/default-account";
import { envSecret } from "./kubernetes/env-secret";
import { failOpen } from "./kubernetes/fail-open";
import { foreignChange } from "./kubernetes/foreign-change";
import { hostNamespace } from "./kubernetes/host-namespace";
import { hostPath } from "./kubernetes/host-path";
import { meshTls } from "./kubernetes/mesh-tls";
import { mountedToken } from "./kubernetes/mounted-token";
import { podSecurity } from "./kubernetes/pod-security";
import { privileged } from "./kubernetes/privileged";
import { root } from "./kubernetes/root";
import { sharedAccount } from "./kubernetes/shared-account";
import { stateSecret } from "./kubernetes/state-secret";
import { tokenLifetime } from "./kubernetes/token-lifetime";
import { unlimited } from "./kubernetes/unlimited";
import { unreadConfig } from "./kubernetes/unread-config";
import { unversionedResource } from "./kubernetes/unversioned-resource";
import { warnOnly } from "./kubernetes/warn-only";
import { webhookOutside } from "./kubernetes/webhook-outside";

export const KUBERNETES_RULES: readonly Rule[] = [
  configSecret,
  defaultAccount,
  envSecret,
  failOpen,
  foreignChange,
  hostNamespace,
  hostPath,
  meshTls,
  mountedToken,
  podSecurity,
  privileged,
  root,
  sharedAccount,
  stateSecret,
  tokenLifetime,
  unlimited,
  unreadConfig,
  unversionedResource,
  warnOnly,
  webhookOutside,
];
